import { insertIntoPipe, throughPassage } from "../core/edit/connect";
import { randomIds } from "../core/edit/ids";
import { addText, newPlacement, place } from "../core/edit/parts";
import { pipeAt, toGrid } from "../core/edit/snap";
import { placementsOf } from "../core/edit/routing";
import { turnSide } from "../core/geometry";
import { symbolOf } from "../core/library";
import { routePipe } from "../core/route";
import type { Pipe, Placement, Point } from "../core/types";
import type { Editing } from "./context";
import { texts } from "./texts";

/** In the palette beside the symbols. */
export const TEXT = "$text";
const INTO_PIPE_PX = 10;

/** Places a symbol with its centre near a point. What lets something through is put into a pipe that lies there. */
export function placeAt({ editor, grid, view, hints }: Editing, symbol: string, at: Point): void {
  hints.clear();
  const { drawing } = editor;
  if (symbol === TEXT) {
    const text = { id: randomIds("text"), x: toGrid(at.x, grid), y: toGrid(at.y, grid), text: texts.palette.newText };
    return editor.insert(addText(drawing, text));
  }
  const under = pipeAt(drawing, at, INTO_PIPE_PX / view.zoom);
  const pipe = under && drawing.pipes?.find(({ id }) => id === under.pipe);
  const inline = pipe && under && inPipe(symbol, pipe, under.at, placementsOf(drawing));
  if (inline) {
    const change = insertIntoPipe(drawing, pipe.id, inline, randomIds);
    if (change.length > 0) return editor.insert(change);
  }
  const { width = 0, height = 0 } = symbolOf(symbol) ?? {};
  const centre = {
    x: toGrid(at.x - width / 2, grid) + width / 2,
    y: toGrid(at.y - height / 2, grid) + height / 2,
  };
  editor.insert(place(drawing, newPlacement(symbol, centre, randomIds)));
}

/** The symbol turned so that the pipe's design direction runs through it. */
function inPipe(
  symbol: string,
  pipe: Pipe,
  at: Point,
  placements: ReadonlyMap<string, Placement>,
): Placement | undefined {
  const placement = newPlacement(symbol, at, randomIds);
  const passage = throughPassage(placement, pipe.medium);
  const line = routePipe(pipe, placements);
  const info = symbolOf(symbol);
  const inlet = passage && info?.ports[passage.from];
  if (!line || !inlet || inlet.side === "any") return undefined;
  const run = line.slice(1).findIndex((b, index) => {
    const a = line[index]!;
    const between = (value: number, from: number, to: number) =>
      value >= Math.min(from, to) - 0.5 && value <= Math.max(from, to) + 0.5;
    return between(at.x, a.x, b.x) && between(at.y, a.y, b.y);
  });
  const [a, b] = [line[run], line[run + 1]];
  if (!a || !b) return undefined;
  const comesFrom = a.y === b.y ? (b.x > a.x ? "left" : "right") : b.y > a.y ? "top" : "bottom";
  const rotate = ([0, 90, 180, 270] as const).find((each) => turnSide(inlet.side as "left", each) === comesFrom);
  return rotate ? { ...placement, rotate } : placement;
}
