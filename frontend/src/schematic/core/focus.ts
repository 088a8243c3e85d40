import type { Point, ValueTag } from "./types";

interface Size {
  width: number;
  height: number;
}

/** The top left corner of the part of a drawing, of the size of `window`, that contains the most values. */
export function busiestPart(tags: readonly ValueTag[], drawing: Size, window: Size): Point {
  const clamp = (at: number, length: number, room: number) => Math.max(0, Math.min(at, length - room));
  const corners = tags.flatMap(({ x }) =>
    tags.map(({ y }) => ({
      x: clamp(x - MARGIN, drawing.width, window.width),
      y: clamp(y - MARGIN, drawing.height, window.height),
    })),
  );
  const inside = (corner: Point) =>
    tags.filter(
      ({ x, y }) =>
        x >= corner.x && x + TAG_WIDTH <= corner.x + window.width && y >= corner.y && y <= corner.y + window.height,
    ).length;
  let best: Point = { x: 0, y: 0 };
  let most = inside(best);
  for (const corner of corners) {
    const count = inside(corner);
    if (count > most) [best, most] = [corner, count];
  }
  return best;
}

/** Margin for what a value describes, left of it and above. */
const MARGIN = 60;
const TAG_WIDTH = 68;
