import { symbolOf } from "./library";
import type { Placement, Point, Side } from "./types";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const CLOCKWISE: Side[] = ["top", "right", "bottom", "left"];
const MIRROR: Record<Side, Side> = { left: "right", right: "left", top: "top", bottom: "bottom" };

/** The symbol's own size, before turning. */
export function sizeOf(placement: Placement): { width: number; height: number } {
  const symbol = symbolOf(placement.symbol);
  return { width: placement.width ?? symbol?.width ?? 40, height: placement.height ?? symbol?.height ?? 40 };
}

/** The area that the placement covers; it turns about its centre. */
export function boxOf(placement: Placement): Box {
  const { width, height } = sizeOf(placement);
  const turned = (placement.rotate ?? 0) % 180 !== 0;
  const w = turned ? height : width;
  const h = turned ? width : height;
  return { x: placement.x + (width - w) / 2, y: placement.y + (height - h) / 2, width: w, height: h };
}

/** Mirrors (left-right, first) and turns (clockwise) a point of the symbol about its centre. */
export function turn(point: Point, size: { width: number; height: number }, rotate = 0, flip = false): Point {
  const dx = (flip ? size.width - point.x : point.x) - size.width / 2;
  const dy = point.y - size.height / 2;
  const [x, y] = rotate === 90 ? [-dy, dx] : rotate === 180 ? [-dx, -dy] : rotate === 270 ? [dy, -dx] : [dx, dy];
  return { x: x + size.width / 2, y: y + size.height / 2 };
}

export function turnSide(side: Side, rotate = 0, flip = false): Side {
  const mirrored = flip ? MIRROR[side] : side;
  return CLOCKWISE[(CLOCKWISE.indexOf(mirrored) + rotate / 90) % 4]!;
}

/** The position of a port on the drawing, and the side on which a pipe leaves it. */
export function portOf(placement: Placement, name: string): (Point & { side: Side | "any" }) | undefined {
  const symbol = symbolOf(placement.symbol);
  const port = symbol?.ports[name];
  if (!symbol || !port) return undefined;
  const size = sizeOf(placement);
  const scaled = { x: (port.x * size.width) / (symbol.width || 1), y: (port.y * size.height) / (symbol.height || 1) };
  const { x, y } = turn(scaled, size, placement.rotate, placement.flip);
  const side = port.side === "any" ? "any" : turnSide(port.side, placement.rotate, placement.flip);
  return { x: placement.x + x, y: placement.y + y, side };
}
