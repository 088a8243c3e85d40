import type { Polyline } from "./route";
import type { Point } from "./types";

/** Half of the gap in a pipe where another crosses it. */
const HALF_GAP = 8;
/** Closer to its end than this, a pipe meets the other rather than crossing it. */
const MIN_CLEARANCE = 3;

interface Cut {
  from: number;
  to: number;
}

/**
 * Each pipe as the pieces that are drawn. Where a horizontal and a vertical pipe cross, the horizontal one has a gap,
 * as is drafting practice; pipes that only touch (a corner, a junction) have none.
 */
export function piecesOf(pipes: Polyline[]): Polyline[][] {
  return pipes.map((pipe, index) => {
    const pieces: Polyline[] = [];
    let piece: Polyline = [pipe[0]!];
    for (let i = 1; i < pipe.length; i += 1) {
      const a = pipe[i - 1]!;
      const b = pipe[i]!;
      for (const cut of a.y === b.y ? cutsOf(a, b, pipes, index) : []) {
        const way = Math.sign(b.x - a.x);
        piece.push({ x: a.x + way * cut.from, y: a.y });
        pieces.push(piece);
        piece = [{ x: a.x + way * cut.to, y: a.y }];
      }
      piece.push(b);
    }
    pieces.push(piece);
    return pieces;
  });
}

/** Gaps along a horizontal run, as distances from its start, merged if they overlap. */
function cutsOf(a: Point, b: Point, pipes: Polyline[], self: number): Cut[] {
  const length = Math.abs(b.x - a.x);
  const found: number[] = [];
  pipes.forEach((other, index) => {
    if (index === self) return;
    for (let i = 1; i < other.length; i += 1) {
      const c = other[i - 1]!;
      const d = other[i]!;
      if (c.x !== d.x || c.y === d.y) continue;
      const along = Math.abs(c.x - a.x);
      const between = (c.x - a.x) * (c.x - b.x) < 0;
      const inside = a.y > Math.min(c.y, d.y) + MIN_CLEARANCE && a.y < Math.max(c.y, d.y) - MIN_CLEARANCE;
      if (between && inside && along > MIN_CLEARANCE && along < length - MIN_CLEARANCE) found.push(along);
    }
  });
  found.sort((x, y) => x - y);
  const cuts: Cut[] = [];
  for (const at of found) {
    const last = cuts[cuts.length - 1];
    if (last && at - HALF_GAP <= last.to) last.to = at + HALF_GAP;
    else cuts.push({ from: Math.max(0, at - HALF_GAP), to: at + HALF_GAP });
  }
  for (const cut of cuts) cut.to = Math.min(cut.to, length);
  return cuts;
}

export const pathOf = (line: Polyline): string =>
  line.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
