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
  const uprights = pipes.flatMap(uprightsOf);
  return pipes.map((pipe, index) => {
    const pieces: Polyline[] = [];
    let piece: Polyline = [pipe[0]!];
    for (let i = 1; i < pipe.length; i += 1) {
      const a = pipe[i - 1]!;
      const b = pipe[i]!;
      for (const cut of a.y === b.y ? cutsOf(a, b, uprights, index) : []) {
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

/** A vertical run of a pipe. */
interface Upright {
  pipe: number;
  x: number;
  top: number;
  bottom: number;
}

const uprightsOf = (line: Polyline, pipe: number): Upright[] =>
  line.slice(1).flatMap((d, index) => {
    const c = line[index]!;
    return c.x === d.x && c.y !== d.y ? [{ pipe, x: c.x, top: Math.min(c.y, d.y), bottom: Math.max(c.y, d.y) }] : [];
  });

/** Gaps along a horizontal run, as distances from its start, merged if they overlap. */
function cutsOf(a: Point, b: Point, uprights: readonly Upright[], self: number): Cut[] {
  const length = Math.abs(b.x - a.x);
  const found: number[] = [];
  for (const { pipe, x, top, bottom } of uprights) {
    if (pipe === self) continue;
    const along = Math.abs(x - a.x);
    const between = (x - a.x) * (x - b.x) < 0;
    const inside = a.y > top + MIN_CLEARANCE && a.y < bottom - MIN_CLEARANCE;
    if (between && inside && along > MIN_CLEARANCE && along < length - MIN_CLEARANCE) found.push(along);
  }
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
