/** Names for sensors that arrivals created. Pure. */
import type { Sensor } from "../../api/types";

export interface Naming {
  tag: string;
  name: string;
  unit: string;
  asset: string | null;
}

export interface NamingItem extends Naming {
  id: string;
  revision: number;
}

export const MAX_NAMED = 500; // of one request

/** A series as it was sent: `cpu host=gw-1 usage_idle`. */
export function seriesText({ origin }: Sensor): string {
  if (!origin) return "";
  const tags = Object.entries(origin.tags).map(([key, value]) => `${key}=${value}`);
  return [origin.name, ...tags, origin.field].join(" ");
}

/** What a pattern may hold for these sensors: `tag`, `name`, `field`, and the tags that all of them were sent with. */
export function partsOf(sensors: readonly Sensor[]): string[] {
  const shared = sensors
    .map((sensor) => Object.keys(sensor.origin?.tags ?? {}))
    .reduce<string[] | null>((all, keys) => (all ? all.filter((key) => keys.includes(key)) : keys), null);
  return [...new Set(["tag", "name", "field", ...(shared ?? [])])];
}

const PART = /\{([^{}]+)\}/g;

/** The pattern with its parts filled from the sensor's origin; parts that it does not have stay. */
export function fill(pattern: string, sensor: Sensor): string {
  const { origin } = sensor;
  const parts: Record<string, string> = {
    ...origin?.tags,
    ...(origin && { name: origin.name, field: origin.field }),
    tag: sensor.tag,
  };
  return pattern.replace(PART, (text, part: string) => (Object.hasOwn(parts, part) ? parts[part]! : text));
}

export const namingOf = ({ tag, name, unit, asset }: Sensor): Naming => ({ tag, name, unit, asset });

export interface Common {
  tag: string;
  name: string;
  unit: string;
  asset: string | null;
}

/** Another tag; a name that is nothing but the tag goes with it. */
export const retag = <N extends { tag: string; name: string }>(naming: N, tag: string): N => ({
  ...naming,
  tag,
  name: naming.name === naming.tag ? tag : naming.name,
});

/** One item for each; an empty pattern, unit or asset changes nothing. */
export const itemsOf = (sensors: readonly Sensor[], common: Common): NamingItem[] =>
  sensors.map((sensor) => {
    const { tag, name } = retag(sensor, fill(common.tag, sensor).trim() || sensor.tag);
    return {
      id: sensor.id,
      revision: sensor.revision,
      tag,
      name: fill(common.name, sensor).trim() || name,
      unit: common.unit.trim() || sensor.unit,
      asset: common.asset ?? sensor.asset,
    };
  });

const MIN_LIKENESS = 0.5;

/** Whether a suggestion says anything. */
export const isAlike = (like: { by_name: number; by_values: number | null }): boolean =>
  Math.max(like.by_name, like.by_values ?? 0) >= MIN_LIKENESS;

/** What is wrong before anything is sent, by sensor id. */
export function conflictsOf(items: readonly NamingItem[], sites: ReadonlyMap<string, string>, twice: string) {
  const seen = new Map<string, string>();
  const found = new Map<string, string>();
  for (const item of items) {
    const key = `${sites.get(item.id) ?? ""} ${item.tag.toLowerCase()}`;
    if (seen.has(key)) found.set(item.id, twice);
    else seen.set(key, item.id);
  }
  return found;
}

/** What the server found wrong, by sensor id. */
export function errorsById(items: readonly NamingItem[], listed: unknown): Map<string, string> {
  const errors = Array.isArray(listed) ? (listed as { index?: number; field?: string; message: string }[]) : [];
  return new Map(
    errors.flatMap(({ index, field, message }) => {
      const item = items[index ?? -1];
      return item ? [[item.id, `${field ?? ""} ${message}`.trim()] as const] : [];
    }),
  );
}
