import { symbolOf } from "../library";
import type { Drawing, Placement } from "../types";
import { build } from "./builder";
import type { Change } from "./change";
import type { Selection } from "./selection";

export interface SensorLike {
  id: string;
  tag: string;
  kind: string;
  asset?: string | null | undefined;
}

/** What bindings are looked up in. */
export interface Catalog {
  sensorByTag: ReadonlyMap<string, SensorLike>;
  sensorById: ReadonlyMap<string, SensorLike>;
  sensorsOf: ReadonlyMap<string, readonly SensorLike[]>;
  assetById: ReadonlyMap<string, { id: string; tag: string }>;
}

/** A place where a sensor is bound: a slot of a symbol, or a value. */
export type Place = { kind: "slot"; placement: string; slot: string } | { kind: "tag"; tag: string };

export interface Proposal {
  place: Place;
  /** What the place is called: "CHP-4 speed". */
  name: string;
  wanted: string;
  sensor: SensorLike | undefined;
  /** The sensor that is bound now. */
  now: string | undefined;
  refused?: "unknown" | "kind";
}

const plain = (tag: string) => tag.replaceAll(/[^A-Za-z0-9]/g, "");

/** The tag of the asset that a symbol stands for, as far as its label or a new asset tells. */
export function assetTagOf(placement: Placement, catalog: Catalog): string | undefined {
  const known = placement.asset == null ? undefined : catalog.assetById.get(placement.asset)?.tag;
  return known ?? placement.new_asset?.tag ?? placement.label?.split(" ")[0];
}

/**
 * The sensors that a pattern names for each symbol: `{asset}` is the asset's tag, `{plain}` the same without dashes and
 * spaces, `{slot}` the slot's name. `patterns` has one pattern per slot; empty ones bind nothing.
 */
export function proposeByPattern(
  drawing: Drawing,
  ids: Selection | undefined,
  patterns: Readonly<Record<string, string>>,
  catalog: Catalog,
): Proposal[] {
  return (drawing.placements ?? []).flatMap((placement) => {
    const symbol = symbolOf(placement.symbol);
    const tag = assetTagOf(placement, catalog);
    if (!symbol || tag === undefined || (ids && !ids.has(placement.id))) return [];
    return Object.entries(symbol.slots).flatMap(([slot, { title, kinds }]): Proposal[] => {
      const pattern = patterns[slot];
      if (!pattern) return [];
      const wanted = pattern.replaceAll("{asset}", tag).replaceAll("{plain}", plain(tag)).replaceAll("{slot}", slot);
      const now = placement.slots?.[slot]?.sensor;
      const place: Place = { kind: "slot", placement: placement.id, slot };
      return [{ place, name: `${tag} ${title.toLowerCase()}`, wanted, now, ...judged(wanted, kinds, catalog) }];
    });
  });
}

function judged(wanted: string, kinds: readonly string[] | undefined, catalog: Catalog) {
  const sensor = catalog.sensorByTag.get(wanted);
  if (!sensor) return { sensor: undefined, refused: "unknown" as const };
  return kinds && !kinds.includes(sensor.kind) ? { sensor, refused: "kind" as const } : { sensor };
}

/** The bindings whose tags contain a text, with the sensors that have another text there. */
export function proposeReplacement(
  drawing: Drawing,
  ids: Selection | undefined,
  find: string,
  replace: string,
  catalog: Catalog,
): Proposal[] {
  if (!find) return [];
  return bindingsIn(drawing, ids).flatMap(({ place, sensor, kinds, name }): Proposal[] => {
    const tag = catalog.sensorById.get(sensor)?.tag;
    if (!tag?.includes(find)) return [];
    const wanted = tag.replaceAll(find, replace);
    return [{ place, name: name ?? tag, wanted, now: sensor, ...judged(wanted, kinds, catalog) }];
  });
}

interface Bound {
  place: Place;
  sensor: string;
  kinds: readonly string[] | undefined;
  name: string | undefined;
}

export function bindingsIn(drawing: Drawing, ids?: Selection): Bound[] {
  const chosen = (id: string, of?: string | null) => !ids || ids.has(id) || (of != null && ids.has(of));
  const slots = (drawing.placements ?? []).flatMap((placement) =>
    chosen(placement.id)
      ? Object.entries(placement.slots ?? {}).map(([slot, { sensor }]): Bound => {
          const info = symbolOf(placement.symbol)?.slots[slot];
          const name = [placement.label?.split(" ")[0], info?.title.toLowerCase() ?? slot].filter(Boolean).join(" ");
          return { place: { kind: "slot", placement: placement.id, slot }, sensor, kinds: info?.kinds, name };
        })
      : [],
  );
  const tags = (drawing.tags ?? []).flatMap((tag): Bound[] =>
    chosen(tag.id, tag.of)
      ? [{ place: { kind: "tag", tag: tag.id }, sensor: tag.sensor, kinds: undefined, name: tag.label ?? undefined }]
      : [],
  );
  return [...slots, ...tags];
}

/** Binds what was found; proposals without a fitting sensor are left out. */
export function applyProposals(drawing: Drawing, proposals: readonly Proposal[]): Change {
  return build(drawing, (builder) => {
    for (const { place, sensor, refused } of proposals) {
      if (!sensor || refused) continue;
      if (place.kind === "tag") {
        builder.patch("tags", place.tag, { sensor: sensor.id });
        continue;
      }
      const placement = builder.find("placements", place.placement);
      if (!placement) continue;
      const slots = { ...placement.slots, [place.slot]: { ...placement.slots?.[place.slot], sensor: sensor.id } };
      builder.put("placements", { ...placement, slots });
    }
  });
}

/**
 * A sensor for a slot: one named as a like symbol's is, with this asset's tag in place of that one's. Without such an
 * example, the asset's sensor of a fitting kind whose tag says what the slot is.
 */
export function suggestSensor(
  drawing: Drawing,
  placement: Placement,
  slot: string,
  catalog: Catalog,
): SensorLike | undefined {
  const own = assetTagOf(placement, catalog);
  const kinds = symbolOf(placement.symbol)?.slots[slot]?.kinds ?? [];
  if (own === undefined) return undefined;
  for (const other of drawing.placements ?? []) {
    const bound = other.slots?.[slot]?.sensor;
    const theirs = assetTagOf(other, catalog);
    if (other.id === placement.id || other.symbol !== placement.symbol || !bound || !theirs) continue;
    const sensor = renamedSensor(catalog.sensorById.get(bound)?.tag, theirs, own, catalog);
    if (sensor && kinds.includes(sensor.kind)) return sensor;
  }
  const fitting = (catalog.sensorsOf.get(placement.asset ?? "") ?? []).filter(({ kind }) => kinds.includes(kind));
  return fitting.find(({ tag }) => SLOT_WORDS[slot]?.test(tag));
}

/** How plants name what a slot shows. */
const SLOT_WORDS: Record<string, RegExp> = {
  run: /(RUN|STS|STAT|ON)\d*$/i,
  state: /(RUN|STS|STAT|ON)\d*$/i,
  speed: /(SPD|SPEED|VFD|HZ|RPM)\d*$/i,
  position: /(POS|VLV|OPEN|ZT)\d*$/i,
  level: /(^LT|LVL|LEVEL)/i,
  command: /(CMD|SP|OUT)\d*$/i,
  power: /(PWR|POWER|KW)\d*$/i,
};

/** The sensor whose tag is another's with one asset's name in place of another's; undefined if there is none. */
export function renamedSensor(
  tag: string | undefined,
  from: string,
  to: string,
  catalog: Catalog,
): SensorLike | undefined {
  if (!tag) return undefined;
  for (const [a, b] of [
    [from, to],
    [plain(from), plain(to)],
  ] as const) {
    if (a && tag.includes(a)) {
      const found = catalog.sensorByTag.get(tag.replace(a, b));
      if (found) return found;
    }
  }
  return undefined;
}
