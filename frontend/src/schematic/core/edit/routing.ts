import { boxOf, portOf } from "../geometry";
import type { Box } from "../geometry";
import { routePipe, tidy } from "../route";
import type { Polyline } from "../route";
import type { Drawing, Pipe, Placement, Point, Side } from "../types";
import { cuts, overlaps } from "./boxes";
import { searchRoute } from "./search";

/** Pipes keep this distance from symbols that they pass. */
export const CLEARANCE = 12;
/** How far beyond its two ends a route may go around. */
const REACH = 160;
const STUB = 20;
const OUT: Record<Side, Point> = {
  top: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  bottom: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
};

export type Placements = ReadonlyMap<string, Placement>;

export const placementsOf = (drawing: Drawing): Map<string, Placement> =>
  new Map((drawing.placements ?? []).map((placement) => [placement.id, placement]));

/**
 * The pipe with corners that lead around symbols, or without any if the direct way is free. The corners are stored in
 * the drawing, so that everybody sees the same route.
 */
export function routed(pipe: Pipe, placements: Placements): Pipe {
  const plain = withCorners(pipe, []);
  const direct = routePipe(plain, placements);
  if (!direct || isClear(direct, plain, placements)) return plain;
  const line = around(plain, placements);
  return line ? withCorners(pipe, line.slice(1, -1)) : plain;
}

/**
 * The pipe after its ends moved: a route drawn by hand keeps its shape where it can. `before` has the placements as
 * they were.
 */
export function followed(pipe: Pipe, before: Placements, after: Placements): Pipe {
  const via = pipe.via ?? [];
  if (via.length === 0) return routed(pipe, after);
  const [source, target] = [shiftOf(pipe.source, before, after), shiftOf(pipe.target, before, after)];
  if (!source || !target) return pipe;
  const stretched = withCorners(pipe, stretch(pipe, before, source, target));
  const line = routePipe(stretched, after);
  return line && isClear(line, pipe, after) && leavesStraight(line, pipe, after) ? stretched : routed(pipe, after);
}

/** What is shown of a pipe while its symbols are dragged: the search waits for the end of the drag. */
export function dragged(pipe: Pipe, before: Placements, after: Placements): Polyline | undefined {
  const [source, target] = [shiftOf(pipe.source, before, after), shiftOf(pipe.target, before, after)];
  if (!source || !target) return undefined;
  const corners = pipe.via?.length ? stretch(pipe, before, source, target) : [];
  return routePipe(withCorners(pipe, corners), after);
}

function stretch(pipe: Pipe, before: Placements, source: Point, target: Point): Point[] {
  const corners = (pipe.via ?? []).map(([x, y]) => ({ x, y }));
  if (source.x === target.x && source.y === target.y) {
    return corners.map(({ x, y }) => ({ x: x + source.x, y: y + source.y }));
  }
  const [first, last] = [endPoint(pipe.source, before), endPoint(pipe.target, before)];
  if (first) pull(corners, 0, first, source);
  if (last) pull(corners, corners.length - 1, last, target);
  return corners;
}

/** The run that leaves a moved end stays straight: its other corner moves sideways with it. */
function pull(corners: Point[], at: number, end: Point, by: Point): void {
  const corner = corners[at];
  if (!corner || (by.x === 0 && by.y === 0)) return;
  if (corner.y === end.y) corner.y += by.y;
  else if (corner.x === end.x) corner.x += by.x;
}

function shiftOf(end: Pipe["source"], before: Placements, after: Placements): Point | undefined {
  const [from, to] = [endPoint(end, before), endPoint(end, after)];
  return from && to && { x: to.x - from.x, y: to.y - from.y };
}

function endPoint(end: Pipe["source"], placements: Placements) {
  const placement = placements.get(end.placement);
  return placement && portOf(placement, end.port);
}

const withCorners = (pipe: Pipe, corners: readonly Point[]): Pipe => {
  const { via: _via, ...rest } = pipe;
  return corners.length === 0 ? rest : { ...rest, via: corners.map(({ x, y }): [number, number] => [x, y]) };
};

/** Whether one of these symbols lies on a pipe that does not end at it. */
export function covered(pipe: Pipe, placements: Placements, by: ReadonlySet<string>): boolean {
  const line = routePipe(pipe, placements);
  return (
    line !== undefined &&
    [...by].some((id) => {
      const placement = placements.get(id);
      const box = placement && boxOf(placement);
      return box !== undefined && box.width > 0 && crosses(line, box);
    })
  );
}

/** Boxes that a pipe must not cross: all symbols but junctions, and its own ends without their margin. */
function obstaclesFor(pipe: Pipe, placements: Placements): Box[] {
  const own = new Set([pipe.source.placement, pipe.target.placement]);
  const boxes: Box[] = [];
  for (const placement of placements.values()) {
    const box = boxOf(placement);
    if (box.width === 0 || box.height === 0) continue;
    boxes.push(own.has(placement.id) ? inset(box, 1) : inset(box, -CLEARANCE + 4));
  }
  return boxes;
}

const inset = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

export function crosses(line: Polyline, box: Box): boolean {
  for (let i = 1; i < line.length; i += 1) {
    if (cuts(line[i - 1]!, line[i]!, box)) return true;
  }
  return false;
}

function isClear(line: Polyline, pipe: Pipe, placements: Placements): boolean {
  return !obstaclesFor(pipe, placements).some((box) => crosses(line, box));
}

/** Whether both ends are left in the direction of their port. */
function leavesStraight(line: Polyline, pipe: Pipe, placements: Placements): boolean {
  const ends = [
    { port: endPoint(pipe.source, placements), at: line[0]!, next: line[1] },
    { port: endPoint(pipe.target, placements), at: line.at(-1)!, next: line.at(-2) },
  ];
  return ends.every(({ port, at, next }) => {
    if (!port || !next || port.side === "any") return true;
    const out = OUT[port.side];
    return (next.x - at.x) * out.x + (next.y - at.y) * out.y > 0;
  });
}

function around(pipe: Pipe, placements: Placements): Polyline | undefined {
  const [from, to] = [endPoint(pipe.source, placements), endPoint(pipe.target, placements)];
  if (!from || !to) return undefined;
  const room = {
    x: Math.min(from.x, to.x) - REACH,
    y: Math.min(from.y, to.y) - REACH,
    width: Math.abs(from.x - to.x) + 2 * REACH,
    height: Math.abs(from.y - to.y) + 2 * REACH,
  };
  const obstacles = obstaclesFor(pipe, placements).filter((box) => overlaps(box, room));
  const [start, end] = [stubOf(from), stubOf(to)];
  const found = searchRoute(start, end, obstacles, room);
  return found && tidy([{ x: from.x, y: from.y }, ...found, { x: to.x, y: to.y }]);
}

/** Where a route begins: a little outside of the port, and in which direction it may go on. */
function stubOf(port: Point & { side: Side | "any" }): Point & { out: Point | undefined } {
  if (port.side === "any") return { x: port.x, y: port.y, out: undefined };
  const out = OUT[port.side];
  return { x: port.x + out.x * STUB, y: port.y + out.y * STUB, out };
}
