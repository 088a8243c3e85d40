import type { Box } from "../geometry";
import type { Drawing, Placement, Point } from "../types";
import { boxOf } from "../geometry";
import { portsOf } from "./connect";
import type { End } from "./connect";
import { cutAt, linkBetween } from "./connect";
import { placementsOf } from "./routing";

export interface Guide {
  axis: "x" | "y";
  /** Where the line is on its axis, and how far it reaches on the other. */
  at: number;
  from: number;
  to: number;
}

export interface Snapped {
  by: Point;
  guides: Guide[];
}

interface Lines {
  x: Anchor[];
  y: Anchor[];
}

interface Anchor {
  at: number;
  /** Ports before centres before edges. */
  rank: number;
  from: number;
  to: number;
}

export const toGrid = (value: number, grid: number): number => Math.round(value / grid) * grid;

/** The lines of symbols that others align to, prepared once at the start of a drag. */
export function anchorsOf(placements: readonly Placement[]): Lines {
  const lines: Lines = { x: [], y: [] };
  for (const placement of placements) {
    const box = boxOf(placement);
    const reach = { x: { from: box.y, to: box.y + box.height }, y: { from: box.x, to: box.x + box.width } };
    for (const { x, y } of placement.symbol === "junction" ? [placement] : portsOf(placement)) {
      lines.x.push({ at: x, rank: 0, ...reach.x });
      lines.y.push({ at: y, rank: 0, ...reach.y });
    }
    if (box.width === 0) continue;
    lines.x.push({ at: box.x + box.width / 2, rank: 1, ...reach.x });
    lines.y.push({ at: box.y + box.height / 2, rank: 1, ...reach.y });
    for (const share of [0, 1]) {
      lines.x.push({ at: box.x + share * box.width, rank: 2, ...reach.x });
      lines.y.push({ at: box.y + share * box.height, rank: 2, ...reach.y });
    }
  }
  return lines;
}

/** A drag's offset, snapped to lines of other symbols within `reach`, otherwise so that the first part is on the grid. */
export function snapMove(moving: Lines, others: Lines, origin: Point, by: Point, grid: number, reach: number): Snapped {
  const x = nearest(moving.x, others.x, by.x, reach);
  const y = nearest(moving.y, others.y, by.y, reach);
  const snapped = {
    x: x ? by.x + x.shift : toGrid(origin.x + by.x, grid) - origin.x,
    y: y ? by.y + y.shift : toGrid(origin.y + by.y, grid) - origin.y,
  };
  const guides: Guide[] = [];
  if (x) guides.push(guideOf("x", x, snapped.y));
  if (y) guides.push(guideOf("y", y, snapped.x));
  return { by: snapped, guides };
}

interface Match {
  shift: number;
  mine: Anchor;
  other: Anchor;
}

function nearest(moving: readonly Anchor[], others: readonly Anchor[], by: number, reach: number): Match | undefined {
  let best: (Match & { cost: number }) | undefined;
  for (const mine of moving) {
    for (const other of others) {
      if (mine.rank !== other.rank) continue;
      const shift = other.at - mine.at - by;
      const cost = Math.abs(shift) + mine.rank * 2;
      if (Math.abs(shift) <= reach && (!best || cost < best.cost)) best = { shift, mine, other, cost };
    }
  }
  return best;
}

const guideOf = (axis: "x" | "y", { mine, other }: Match, across: number): Guide => ({
  axis,
  at: other.at,
  from: Math.min(mine.from + across, other.from),
  to: Math.max(mine.to + across, other.to),
});

/** What a pipe that is being drawn would end at. */
export type Target = { at: Point } & (
  { kind: "port"; end: End } | { kind: "pipe"; pipe: string } | { kind: "none"; refused?: End }
);

/** The nearest port within reach that fits the pipe's other end, else the nearest pipe of a fitting kind. */
export function targetAt(drawing: Drawing, from: End, at: Point, reach: number): Target {
  let best: { at: Point; end: End; distance: number; fits: boolean } | undefined;
  for (const placement of drawing.placements ?? []) {
    if (!near(boxOf(placement), at, reach)) continue;
    for (const port of portsOf(placement)) {
      const distance = Math.hypot(port.x - at.x, port.y - at.y);
      const own = port.end.placement === from.placement && port.end.port === from.port;
      if (distance > reach || own) continue;
      const fits = linkBetween(drawing, from, port.end) !== undefined;
      if (!best || (fits && !best.fits) || (fits === best.fits && distance < best.distance)) {
        best = { at: { x: port.x, y: port.y }, end: port.end, distance, fits };
      }
    }
  }
  if (best?.fits) return { kind: "port", at: best.at, end: best.end };
  const pipe = pipeAt(drawing, at, reach);
  if (pipe) return { kind: "pipe", at: pipe.at, pipe: pipe.pipe };
  return { kind: "none", at, ...(best && { refused: best.end }) };
}

export function pipeAt(drawing: Drawing, at: Point, reach: number): { pipe: string; at: Point } | undefined {
  const placements = placementsOf(drawing);
  let best: { pipe: string; at: Point; distance: number } | undefined;
  for (const pipe of drawing.pipes ?? []) {
    const cut = cutAt(pipe, at, placements);
    if (cut && cut.distance <= reach && (!best || cut.distance < best.distance)) {
      best = { pipe: pipe.id, at: cut.at, distance: cut.distance };
    }
  }
  return best;
}

const near = (box: Box, at: Point, reach: number) =>
  at.x >= box.x - reach &&
  at.x <= box.x + box.width + reach &&
  at.y >= box.y - reach &&
  at.y <= box.y + box.height + reach;
