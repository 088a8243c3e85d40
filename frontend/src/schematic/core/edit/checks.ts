import { boxOf } from "../geometry";
import type { Box } from "../geometry";
import { accepts, library, symbolOf } from "../library";
import type { Drawing, Pipe, Placement, Point } from "../types";
import type { Catalog } from "./binding";
import { bindingsIn } from "./binding";
import { boxOfTag, boxOfTagLabel, boxOfText, centreOf, labelBoxOf, overlaps } from "./boxes";
import { MINOR, portInfo } from "./connect";
import { placementsOf } from "./routing";

export type CheckKind =
  "missing-sensor" | "missing-asset" | "sensor-kind" | "medium" | "direction" | "missing-end" | "open-end" | "overlap";

/** Something that is wrong, and where: the parts to select and the point to show. */
export interface Finding {
  kind: CheckKind;
  parts: string[];
  at: Point;
  /** What is concerned: a label, a slot, a port. */
  what: string;
}

/** A drawing with one of these cannot be published. */
const BLOCKING = new Set<CheckKind>([
  "missing-sensor",
  "missing-asset",
  "sensor-kind",
  "medium",
  "direction",
  "missing-end",
]);
export const blocks = (finding: Finding): boolean => BLOCKING.has(finding.kind);

export function check(drawing: Drawing, catalog: Catalog): Finding[] {
  const placements = placementsOf(drawing);
  return [
    ...deadReferences(drawing, placements, catalog),
    ...(drawing.pipes ?? []).flatMap((pipe) => wrongEnds(pipe, placements)),
    ...openEnds(drawing),
    ...overlapping(drawing),
  ];
}

const nameOf = (placement: Placement | undefined): string =>
  placement?.label ?? (placement && symbolOf(placement.symbol)?.title) ?? "";
const middleOf = (placement: Placement): Point => centreOf(boxOf(placement));

function deadReferences(drawing: Drawing, placements: ReadonlyMap<string, Placement>, catalog: Catalog): Finding[] {
  const found: Finding[] = [];
  for (const placement of placements.values()) {
    if (placement.asset == null || catalog.assetById.has(placement.asset)) continue;
    found.push({ kind: "missing-asset", parts: [placement.id], at: middleOf(placement), what: nameOf(placement) });
  }
  const tags = new Map(drawing.tags?.map((tag) => [tag.id, tag]));
  for (const { place, sensor, kinds, name } of bindingsIn(drawing)) {
    const known = catalog.sensorById.get(sensor);
    if (known && (!kinds || kinds.includes(known.kind))) continue;
    const id = place.kind === "tag" ? place.tag : place.placement;
    const at = place.kind === "tag" ? tags.get(id)! : middleOf(placements.get(id)!);
    found.push({
      kind: known ? "sensor-kind" : "missing-sensor",
      parts: [id],
      at: { x: at.x, y: at.y },
      what: name ?? known?.tag ?? "",
    });
  }
  return found;
}

function wrongEnds(pipe: Pipe, placements: ReadonlyMap<string, Placement>): Finding[] {
  const found: Finding[] = [];
  for (const [end, wrongWay] of [
    [pipe.source, "in"],
    [pipe.target, "out"],
  ] as const) {
    const placement = placements.get(end.placement);
    const port = portInfo(placement, end.port);
    const what = pipe.name ?? library.media[pipe.medium].title;
    if (!placement || !port) {
      const other = placements.get((end === pipe.source ? pipe.target : pipe.source).placement);
      found.push({ kind: "missing-end", parts: [pipe.id], at: other ? middleOf(other) : { x: 0, y: 0 }, what });
      continue;
    }
    const at = middleOf(placement);
    const parts = [pipe.id, placement.id];
    if (!accepts(port.kind, library.media[pipe.medium].kind)) found.push({ kind: "medium", parts, at, what });
    else if (port.way === wrongWay) found.push({ kind: "direction", parts, at, what });
  }
  return found;
}

/** A junction with one pipe, and equipment that something flows into and nothing out of, or the other way round. */
function openEnds(drawing: Drawing): Finding[] {
  const into = new Map<string, Set<string>>();
  const outOf = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, { placement, port }: Pipe["source"]) =>
    map.set(placement, (map.get(placement) ?? new Set()).add(port));
  for (const pipe of drawing.pipes ?? []) {
    if (MINOR.has(library.media[pipe.medium].kind)) continue;
    add(outOf, pipe.source);
    add(into, pipe.target);
  }
  return (drawing.placements ?? []).flatMap((placement): Finding[] => {
    const symbol = symbolOf(placement.symbol);
    const [fed, drained] = [into.get(placement.id), outOf.get(placement.id)];
    if (!symbol || symbol.links) return []; // the drawing may end at a link to another one
    const open =
      placement.symbol === "junction"
        ? (drawing.pipes ?? []).filter((p) => [p.source.placement, p.target.placement].includes(placement.id)).length <
          2
        : symbol.passages.some(
            ({ from, to }) =>
              fed?.has(from) !== drained?.has(to) && hasNoOther(symbol.passages, fed, drained, from, to),
          );
    return open ? [{ kind: "open-end", parts: [placement.id], at: middleOf(placement), what: nameOf(placement) }] : [];
  });
}

/** Whether a used port has no used partner through any passage. */
function hasNoOther(
  passages: readonly { from: string; to: string }[],
  fed: ReadonlySet<string> | undefined,
  drained: ReadonlySet<string> | undefined,
  from: string,
  to: string,
): boolean {
  if (fed?.has(from)) return !passages.some((passage) => passage.from === from && drained?.has(passage.to));
  return drained?.has(to) === true && !passages.some((passage) => passage.to === to && fed?.has(passage.from));
}

interface Area {
  part: string;
  box: Box;
  words: boolean;
  what: string;
  /** Parts that belong together may touch. */
  owner: string;
}

/** Words that lie on a symbol or on other words. */
function overlapping(drawing: Drawing): Finding[] {
  const areas: Area[] = [];
  for (const placement of drawing.placements ?? []) {
    const box = boxOf(placement);
    const label = labelBoxOf(placement);
    const common = { part: placement.id, owner: placement.id, what: nameOf(placement) };
    if (box.width > 0) areas.push({ ...common, box, words: false });
    if (label) areas.push({ ...common, box: label, words: true });
  }
  for (const tag of drawing.tags ?? []) {
    const label = boxOfTagLabel(tag);
    const common = { part: tag.id, owner: tag.id, words: true, what: tag.label ?? "" };
    areas.push({ ...common, box: boxOfTag(tag) });
    if (label) areas.push({ ...common, box: label });
  }
  for (const text of drawing.texts ?? []) {
    areas.push({ part: text.id, owner: text.id, words: true, what: text.text, box: boxOfText(text) });
  }
  areas.sort((a, b) => a.box.x - b.box.x);
  const found: Finding[] = [];
  const seen = new Set<string>();
  areas.forEach((area, index) => {
    for (let i = index + 1; i < areas.length; i += 1) {
      const other = areas[i]!;
      if (other.box.x >= area.box.x + area.box.width) break;
      if (area.owner === other.owner || !(area.words || other.words)) continue;
      if (!overlaps(shrunk(area.box), shrunk(other.box))) continue;
      const parts = [area.part, other.part].sort();
      if (seen.has(parts.join())) continue;
      seen.add(parts.join());
      const worded = area.words ? area : other;
      found.push({ kind: "overlap", parts, at: centreOf(worded.box), what: worded.what || area.what || other.what });
    }
  });
  return found;
}

/** Sizes of words are estimates: what overlaps by less than this may not overlap at all. */
const TOLERANCE = 4;
const shrunk = ({ x, y, width, height }: Box): Box => ({
  x: x + TOLERANCE,
  y: y + TOLERANCE / 2,
  width: Math.max(0, width - 2 * TOLERANCE),
  height: Math.max(0, height - TOLERANCE),
});
