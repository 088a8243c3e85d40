/** The geometry of symbols: SVG primitives as in `platform/twin/shapes.py`, fitted to a placement's size. */

export interface Turn {
  x: number;
  y: number;
  from: number;
  to: number;
}

interface Painted {
  role: string;
  turn?: Turn;
}

export type Primitive =
  | (Painted & { is: "path"; d: string })
  | (Painted & { is: "circle"; cx: number; cy: number; r: number })
  | (Painted & { is: "ellipse"; cx: number; cy: number; rx: number; ry: number })
  | (Painted & { is: "rect"; x: number; y: number; width: number; height: number; rx?: number })
  | { is: "text"; role: string; x: number; y: number; text: string };

interface Size {
  width: number;
  height: number;
}

interface Sized extends Size {
  stretch?: { x?: [number, number]; y?: [number, number] };
}

type Axis = (at: number) => number;

/** Where a coordinate goes when `length` becomes `wanted`: only what lies in the stretch grows. */
function axis(length: number, wanted: number, [from, to]: [number, number] = [0, length]): Axis {
  const factor = to > from ? Math.max(0, (to - from + wanted - length) / (to - from)) : 1;
  return (at) => {
    const grown = Math.min(at, from) + Math.max(0, Math.min(at, to) - from) * factor + Math.max(0, at - to);
    return Math.round(grown * 100) / 100;
  };
}

/** The primitives of a symbol in another size. Paths of resizable symbols have absolute commands without arcs. */
export function fitted(shape: readonly Primitive[], symbol: Sized, size: Size): readonly Primitive[] {
  if (symbol.width === size.width && symbol.height === size.height) return shape;
  const x = axis(symbol.width, size.width, symbol.stretch?.x);
  const y = axis(symbol.height, size.height, symbol.stretch?.y);
  return shape.map((part) => fit(part, x, y));
}

function fit(part: Primitive, x: Axis, y: Axis): Primitive {
  switch (part.is) {
    case "path":
      return { ...part, d: fitPath(part.d, x, y) };
    case "text":
      return { ...part, x: x(part.x), y: y(part.y) };
    case "rect": {
      const [left, top] = [x(part.x), y(part.y)];
      return { ...part, x: left, y: top, width: x(part.x + part.width) - left, height: y(part.y + part.height) - top };
    }
    default: {
      const [rx, ry] = part.is === "circle" ? [part.r, part.r] : [part.rx, part.ry];
      const [left, right, top, bottom] = [x(part.cx - rx), x(part.cx + rx), y(part.cy - ry), y(part.cy + ry)];
      const { role, turn } = part;
      return {
        is: "ellipse",
        role,
        ...(turn && { turn }),
        cx: (left + right) / 2,
        cy: (top + bottom) / 2,
        rx: (right - left) / 2,
        ry: (bottom - top) / 2,
      };
    }
  }
}

const COMMAND = /([A-Z])([^A-Z]*)/g;
const numbersOf = (text: string) => (text.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);

function fitPath(d: string, x: Axis, y: Axis): string {
  return d.replace(COMMAND, (_, command: string, rest: string) => {
    const moved = numbersOf(rest).map((at, index) => {
      const across = command === "H" || (command !== "V" && index % 2 === 0);
      return across ? x(at) : y(at);
    });
    return command + moved.join(" ");
  });
}

/** Top and bottom of a primitive, for levels. A path's are those of its points and control points. */
export function spanOf(part: Primitive): { top: number; bottom: number } {
  switch (part.is) {
    case "rect":
      return { top: part.y, bottom: part.y + part.height };
    case "circle":
      return { top: part.cy - part.r, bottom: part.cy + part.r };
    case "ellipse":
      return { top: part.cy - part.ry, bottom: part.cy + part.ry };
    case "text":
      return { top: part.y, bottom: part.y };
    case "path": {
      const heights = [...part.d.matchAll(COMMAND)].flatMap(([, command, rest]) =>
        numbersOf(rest!).filter((_, index) => command === "V" || (command !== "H" && index % 2 === 1)),
      );
      return { top: Math.min(...heights), bottom: Math.max(...heights) };
    }
  }
}
