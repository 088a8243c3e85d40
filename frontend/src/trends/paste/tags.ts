import type { Sensor } from "../../api/types";
import type { SiteCatalog } from "../../catalog";

/** What a list of tags names, in its order and each once. */
export interface NamedSensors {
  found: Sensor[];
  unknown: string[];
}

export const MAX_CHARS = 20_000;
const MAX_NAMES = 500;

/**
 * The sensors of a pasted list: tags or ids, divided by lines, tabs, commas or semicolons, and where that is no tag also by
 * blanks. Case and quotation marks do not matter: the list may come from a spreadsheet.
 */
export function namedSensors(text: string, catalog: Pick<SiteCatalog, "sensors" | "sensorById">): NamedSensors {
  const byTag = new Map(catalog.sensors.map((each) => [each.tag.toLowerCase(), each]));
  const sensorOf = (name: string) => byTag.get(name.toLowerCase()) ?? catalog.sensorById.get(name);
  const found = new Set<Sensor>();
  const unknown = new Set<string>();
  const names = text
    .slice(0, MAX_CHARS)
    .split(/[\r\n\t,;]+/)
    .flatMap((part) => {
      const name = part.trim().replace(/^["']+|["']+$/g, "");
      return name === "" ? [] : sensorOf(name) ? [name] : name.split(/\s+/);
    });
  for (const name of names.slice(0, MAX_NAMES)) {
    const sensor = sensorOf(name);
    if (sensor) found.add(sensor);
    else unknown.add(name);
  }
  return { found: [...found], unknown: [...unknown] };
}

/** The slots with the sensors added where there is room, or with them alone; and how many had no room. */
export function withSensors(
  slots: readonly (string | null)[],
  sensors: readonly Sensor[],
  most: number,
): { slots: (string | null)[]; left: number } {
  const next = [...slots];
  let left = 0;
  for (const { id, tag } of sensors) {
    if (next.includes(id) || next.includes(tag)) continue;
    const free = next.indexOf(null);
    if (free >= 0) next[free] = id;
    else if (next.length < most) next.push(id);
    else left += 1;
  }
  return { slots: next, left };
}
