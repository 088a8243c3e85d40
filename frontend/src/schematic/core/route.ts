import { portOf } from "./geometry";
import type { Pipe, Placement, Point, Side } from "./types";

export type Polyline = Point[];
type End = Point & { side: Side | "any" };

const STUB = 20;
const OUT: Record<Side, Point> = {
  top: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  bottom: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
};

/** The pipe's corners, at right angles only, through every point of `via`. Undefined if an end does not exist. */
export function routePipe(pipe: Pipe, placements: ReadonlyMap<string, Placement>): Polyline | undefined {
  const from = endOf(pipe.source, placements);
  const to = endOf(pipe.target, placements);
  if (!from || !to) return undefined;
  const via = (pipe.via ?? []).map(([x, y]) => ({ x, y }));
  return tidy(via.length > 0 ? through(from, via, to) : direct(from, to));
}

function endOf(end: Pipe["source"], placements: ReadonlyMap<string, Placement>): End | undefined {
  const placement = placements.get(end.placement);
  return placement && portOf(placement, end.port);
}

const horizontal = (end: End) => end.side === "left" || end.side === "right";

function direct(from: End, to: End): Polyline {
  if (from.x === to.x || from.y === to.y) return [from, to];
  if (from.side === "any" && to.side === "any") return [from, { x: to.x, y: from.y }, to];
  if (from.side === "any") return [from, horizontal(to) ? { x: from.x, y: to.y } : { x: to.x, y: from.y }, to];
  if (to.side === "any") return [from, horizontal(from) ? { x: to.x, y: from.y } : { x: from.x, y: to.y }, to];
  return between(from, to, from.side, to.side);
}

/** Between two ports with sides: one corner if that is enough, otherwise straight out of both and across halfway. */
function between(from: End, to: End, fromSide: Side, toSide: Side): Polyline {
  const leave = OUT[fromSide];
  const enter = OUT[toSide];
  const corner = horizontal(from) ? { x: to.x, y: from.y } : { x: from.x, y: to.y };
  const ahead = (corner.x - from.x) * leave.x + (corner.y - from.y) * leave.y > 0;
  const meets = (corner.x - to.x) * enter.x + (corner.y - to.y) * enter.y > 0;
  if (horizontal(from) !== horizontal(to) && ahead && meets) return [from, corner, to];
  const a = { x: from.x + leave.x * STUB, y: from.y + leave.y * STUB };
  const b = { x: to.x + enter.x * STUB, y: to.y + enter.y * STUB };
  if (horizontal(from) === horizontal(to)) return across(from, to, a, b, horizontal(from) ? "x" : "y");
  const bend = horizontal(from) ? { x: a.x, y: b.y } : { x: b.x, y: a.y };
  return [from, a, bend, b, to];
}

/** Both ports face along one axis: across once between or beside them, or around if they face away from each other. */
function across(from: End, to: End, a: Point, b: Point, axis: "x" | "y"): Polyline {
  const other = axis === "x" ? "y" : "x";
  const at = (along: number, side: number): Point => (axis === "x" ? { x: along, y: side } : { x: side, y: along });
  const leave = Math.sign(a[axis] - from[axis]);
  const same = leave === Math.sign(b[axis] - to[axis]);
  if (!same && (b[axis] - a[axis]) * leave < 0) {
    const middle = (from[other] + to[other]) / 2;
    return [from, a, at(a[axis], middle), at(b[axis], middle), b, to];
  }
  const outer = leave > 0 ? Math.max(a[axis], b[axis]) : Math.min(a[axis], b[axis]);
  const along = same ? outer : (a[axis] + b[axis]) / 2;
  return [from, at(along, from[other]), at(along, to[other]), to];
}

/** Through given corners; if two are not on one line, one more corner makes the right angle. */
function through(from: End, via: Point[], to: End): Polyline {
  const points: Point[] = [from];
  let sideways = from.side === "any" ? undefined : horizontal(from);
  for (const next of [...via, to]) {
    const last = points[points.length - 1]!;
    if (last.x !== next.x && last.y !== next.y) {
      const first = next === to && to.side !== "any" ? !horizontal(to) : (sideways ?? true);
      points.push(first ? { x: next.x, y: last.y } : { x: last.x, y: next.y });
    }
    const corner = points[points.length - 1]!;
    points.push({ x: next.x, y: next.y });
    sideways = corner.x === next.x;
  }
  return points;
}

/** Without duplicate points and without corners on a straight line. */
export function tidy(points: Polyline): Polyline {
  const out: Point[] = [];
  for (const { x, y } of points) {
    const [a, b] = out.slice(-2);
    if (b ? b.x === x && b.y === y : a?.x === x && a.y === y) continue;
    const straight = a && b && ((a.x === b.x && b.x === x) || (a.y === b.y && b.y === y));
    if (straight) out[out.length - 1] = { x, y };
    else out.push({ x, y });
  }
  return out;
}
