import { portOf } from "../geometry";
import { accepts, library, symbolOf } from "../library";
import type { Port } from "../library";
import { routePipe } from "../route";
import type { Drawing, Medium, Pipe, Placement, Point } from "../types";
import type { Builder } from "./builder";
import { build } from "./builder";
import type { Change } from "./change";
import type { Ids } from "./ids";
import { placementsOf, routed } from "./routing";

export type End = Pipe["source"];

export const portInfo = (placement: Placement | undefined, port: string): Port | undefined =>
  placement && symbolOf(placement.symbol)?.ports[port];

const MEDIA = Object.keys(library.media) as Medium[];
const takes = (port: Port, medium: Medium) => accepts(port.kind, library.media[medium].kind);

/** The media that could run between two ports. */
const sharedMedia = (a: Port, b: Port): Medium[] => MEDIA.filter((medium) => takes(a, medium) && takes(b, medium));

/** Taken where nothing says more. */
const PLAIN: readonly Medium[] = ["water", "air"];

export interface Link {
  source: End;
  target: End;
  medium: Medium;
}

/**
 * How two ports would be connected: from the outlet to the inlet, whichever was named first. Undefined if they do not
 * fit. The medium is the wanted one if it may be, else that of a pipe that either end has, else the first of the kind.
 */
export function linkBetween(drawing: Drawing, a: End, b: End, wanted?: Medium): Link | undefined {
  const placements = placementsOf(drawing);
  const [first, second] = [placements.get(a.placement), placements.get(b.placement)];
  const [from, to] = [portInfo(first, a.port), portInfo(second, b.port)];
  if (!from || !to || a.placement === b.placement) return undefined;
  if (from.way === to.way && from.way !== "any") return undefined;
  const backwards = from.way === "in" || to.way === "out";
  const fitting = sharedMedia(from, to);
  const used = (drawing.pipes ?? []).find((pipe) =>
    [pipe.source, pipe.target].some((end) =>
      [a, b].some((each) => sameEnd(each, end) || onJoint(each, end, placements)),
    ),
  )?.medium;
  const medium = [wanted, used, ...PLAIN].find((each) => each !== undefined && fitting.includes(each)) ?? fitting[0];
  if (!medium) return undefined;
  return backwards ? { source: b, target: a, medium } : { source: a, target: b, medium };
}

const sameEnd = (a: End, b: End) => a.placement === b.placement && a.port === b.port;
/** Ends of one valve or junction: what flows in flows out. */
const onJoint = (a: End, b: End, placements: ReadonlyMap<string, Placement>) =>
  a.placement === b.placement && symbolOf(placements.get(a.placement)?.symbol ?? "")?.passes === true;

/** A pipe between two ports. Nothing if they do not fit or are connected already. */
export function connect(drawing: Drawing, a: End, b: End, ids: Ids, wanted?: Medium): Change {
  return build(drawing, (builder) => addPipe(builder, a, b, ids, wanted));
}

function addPipe(builder: Builder, a: End, b: End, ids: Ids, wanted?: Medium): void {
  const link = linkBetween(builder.drawing, a, b, wanted);
  if (!link) return;
  const there = builder.drawing.pipes?.some(
    (pipe) => sameEnd(pipe.source, link.source) && sameEnd(pipe.target, link.target),
  );
  if (there) return;
  builder.put("pipes", routed({ id: ids("pipe"), ...link, arrow: true }, placementsOf(builder.drawing)));
}

/** From a port into a pipe: the pipe gets a junction at the point, and both halves keep its medium and name. */
export function connectIntoPipe(
  drawing: Drawing,
  from: End,
  pipeId: string,
  at: Point,
  ids: Ids,
  chosen?: Medium,
): Change {
  const pipe = drawing.pipes?.find((each) => each.id === pipeId);
  if (!pipe) return [];
  const placement = placementsOf(drawing).get(from.placement);
  const port = portInfo(placement, from.port);
  const tap = port && tapOf(placement!, port, chosen);
  if (!port || !(tap ?? takes(port, pipe.medium))) return [];
  return build(drawing, (builder) => {
    const junction = splitPipe(builder, pipe, at, ids);
    if (junction && tap) addPipe(builder, { placement: junction, port: "p" }, from, ids, tap);
    else if (junction) addPipe(builder, from, { placement: junction, port: "p" }, ids, pipe.medium);
  });
}

/** The medium of a line that measures what is in the pipe, and so begins there: an instrument's, or a signal's. */
function tapOf(placement: Placement, port: Port, chosen: Medium | undefined): Medium | undefined {
  if (port.way === "out") return undefined;
  if (chosen && library.media[chosen].kind === "signal" && takes(port, chosen)) return chosen;
  return !chosen && port.kind === "any" && symbolOf(placement.symbol)?.group === "instruments" ? "signal" : undefined;
}

/** Puts a junction into a pipe and returns its id. */
function splitPipe(builder: Builder, pipe: Pipe, at: Point, ids: Ids): string | undefined {
  const cut = cutAt(pipe, at, placementsOf(builder.drawing));
  if (!cut) return undefined;
  const junction = ids("junction");
  const layer = pipe.layer;
  builder.put("placements", { id: junction, symbol: "junction", ...cut.at, ...(layer !== undefined && { layer }) });
  const end = { placement: junction, port: "p" };
  const { via: _via, ...rest } = pipe;
  builder.put("pipes", { ...rest, target: end, ...viaOf(cut.before) });
  builder.put("pipes", { ...rest, id: ids("pipe"), source: end, ...viaOf(cut.after) });
  return junction;
}

/** Puts a symbol with an inlet and an outlet into a pipe: the pipe ends at it, and another goes on. */
export function insertIntoPipe(drawing: Drawing, pipeId: string, placement: Placement, ids: Ids): Change {
  const pipe = drawing.pipes?.find((each) => each.id === pipeId);
  const passage = pipe && throughPassage(placement, pipe.medium);
  if (!pipe || !passage) return [];
  return build(drawing, (builder) => {
    builder.put("placements", placement);
    const placements = placementsOf(builder.drawing);
    const { via: _via, ...rest } = pipe;
    builder.put("pipes", routed({ ...rest, target: { placement: placement.id, port: passage.from } }, placements));
    const second = { ...rest, id: ids("pipe"), source: { placement: placement.id, port: passage.to } };
    builder.put("pipes", routed(second, placements));
  });
}

/** The inlet and outlet through which a symbol can lie in a pipe of a medium. */
export function throughPassage(placement: Placement, medium: Medium): { from: string; to: string } | undefined {
  const symbol = symbolOf(placement.symbol);
  return symbol?.passages.find(({ from, to }) => {
    const [inlet, outlet] = [symbol.ports[from], symbol.ports[to]];
    const opposite = inlet && outlet && (inlet.x === outlet.x || inlet.y === outlet.y);
    return opposite && takes(inlet, medium) && takes(outlet, medium);
  });
}

/** A point of a pipe's route nearest to `at`, and the corners before and after it. */
export function cutAt(pipe: Pipe, at: Point, placements: ReadonlyMap<string, Placement>) {
  const line = routePipe(pipe, placements);
  if (!line) return undefined;
  let best: { at: Point; distance: number; segment: number } | undefined;
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const x = clamp(at.x, a.x, b.x);
    const y = clamp(at.y, a.y, b.y);
    const distance = Math.hypot(at.x - x, at.y - y);
    if (!best || distance < best.distance) best = { at: { x, y }, distance, segment: i };
  }
  if (!best) return undefined;
  return { ...best, before: line.slice(1, best.segment), after: line.slice(best.segment, -1) };
}

const clamp = (value: number, a: number, b: number) => Math.min(Math.max(value, Math.min(a, b)), Math.max(a, b));
const viaOf = (points: readonly Point[]): Pick<Pipe, "via"> =>
  points.length === 0 ? {} : { via: points.map(({ x, y }): [number, number] => [x, y]) };

export interface PortPlace extends Point {
  end: End;
  info: Port;
}

/** Every port of a placement where it is on the drawing. */
export function portsOf(placement: Placement): PortPlace[] {
  return Object.entries(symbolOf(placement.symbol)?.ports ?? {}).flatMap(([port, info]) => {
    const at = portOf(placement, port);
    return at ? [{ x: at.x, y: at.y, end: { placement: placement.id, port }, info }] : [];
  });
}

/** The two ports that fit best: free ones before used ones, then the nearest. */
export function bestLink(drawing: Drawing, from: string, to: string): { a: End; b: End } | undefined {
  const placements = placementsOf(drawing);
  const [first, second] = [placements.get(from), placements.get(to)];
  if (!first || !second) return undefined;
  const used = (end: End) =>
    drawing.pipes?.some((pipe) => sameEnd(pipe.source, end) || sameEnd(pipe.target, end)) ? 10_000 : 0;
  let best: { a: End; b: End; cost: number } | undefined;
  for (const a of portsOf(first)) {
    for (const b of portsOf(second)) {
      const link = linkBetween(drawing, a.end, b.end);
      if (!link) continue;
      const reversed = link.source.placement !== from ? 20_000 : 0;
      const minor = MINOR.has(library.media[link.medium].kind) ? 40_000 : 0;
      const joint = (placement: Placement, end: End) => (isJoint(placement) ? 0 : used(end));
      const cost = Math.hypot(a.x - b.x, a.y - b.y) + reversed + minor + joint(first, a.end) + joint(second, b.end);
      if (!best || cost < best.cost) best = { a: a.end, b: b.end, cost };
    }
  }
  return best;
}

/** Connected only if nothing else fits: somebody who connects a pump to a valve means the pipe. */
export const MINOR = new Set<string>(["signal", "electricity", "shaft"]);
const isJoint = ({ symbol }: Placement) => symbol === "junction" || symbol === "header";

/** Finds the pipe's route again, without the corners that it has. */
export const reroute = (drawing: Drawing, ids: Iterable<string>): Change =>
  build(drawing, (builder) => {
    const placements = placementsOf(drawing);
    for (const id of ids) {
      const pipe = builder.find("pipes", id);
      if (pipe) builder.put("pipes", routed(pipe, placements));
    }
  });

/** Moves one straight run of a pipe sideways; runs at the ends get a corner more. */
export function moveRun(drawing: Drawing, id: string, segment: number, by: number): Change {
  const placements = placementsOf(drawing);
  const pipe = drawing.pipes?.find((each) => each.id === id);
  const line = pipe && routePipe(pipe, placements);
  const [a, b] = [line?.[segment - 1], line?.[segment]];
  if (!pipe || !line || !a || !b || by === 0) return [];
  const horizontal = a.y === b.y;
  const shifted = (point: Point) => (horizontal ? { x: point.x, y: point.y + by } : { x: point.x + by, y: point.y });
  const points = [...line];
  points.splice(segment - 1, 2, shifted(a), shifted(b));
  const corners = points.slice(segment === 1 ? 0 : 1, segment === line.length - 1 ? undefined : -1);
  return build(drawing, (builder) => builder.put("pipes", { ...pipe, ...viaOf(corners) }));
}

export function patchPipes(
  drawing: Drawing,
  ids: Iterable<string>,
  members: Partial<Pick<Pipe, "medium" | "name" | "arrow">>,
): Change {
  return build(drawing, (builder) => {
    for (const id of ids) builder.patch("pipes", id, members);
  });
}

/** The other way round, where the ports allow it. */
export const reverse = (drawing: Drawing, id: string): Change =>
  build(drawing, (builder) => {
    const pipe = builder.find("pipes", id);
    if (!pipe) return;
    const placements = placementsOf(drawing);
    const way = (end: End) => portInfo(placements.get(end.placement), end.port)?.way;
    if (way(pipe.target) === "in" || way(pipe.source) === "out") return;
    builder.put("pipes", { ...pipe, source: pipe.target, target: pipe.source, via: pipe.via?.toReversed() });
  });
