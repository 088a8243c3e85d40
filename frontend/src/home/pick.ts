import type { Sensor } from "../api/types";
import type { SiteCatalog } from "../catalog";
import { displayUnit } from "../format";

/** What a plant is judged by comes first, whatever the plant. */
const WEIGHT: [RegExp, number][] = [
  [/set ?point/i, 20],
  [/\bload\b/i, 0],
  [/efficien|\bcop\b/i, 1],
  [/\bpower\b/i, 2],
  [/\benergy\b/i, 3],
  [/\bsupply\b/i, 4],
  [/\bflow\b/i, 5],
  [/\bpressure\b/i, 6],
  [/temperature/i, 7],
];

function weightOf(sensor: Sensor): number {
  // What is wanted of the plant says nothing of how it is.
  if (/set ?point/i.test(sensor.name)) return 40;
  return WEIGHT.find(([pattern]) => pattern.test(sensor.name))?.[1] ?? 9;
}

/**
 * Up to four figures that say how the plant is: those of the asset that is the plant itself, else by what they
 * measure; each of another unit while there are such.
 */
export function keySensors(catalog: SiteCatalog, most = 4): Sensor[] {
  const types = new Map(catalog.assets.map((asset) => [asset.id, asset.type]));
  const measured = catalog.sensors.filter((each) => each.kind === "continuous" || each.kind === "counter");
  // The plant itself, then what all machines share, then the machines.
  const place = (type: string | undefined) => (type === "plant" ? 0 : type === "header" ? 50 : 100);
  const rank = (sensor: Sensor) => place(types.get(sensor.asset ?? "")) + weightOf(sensor);
  const sorted = [...measured].sort((a, b) => rank(a) - rank(b));
  const units = new Set<string>();
  const first = sorted.filter((sensor) => {
    const unit = displayUnit(sensor.unit);
    return !units.has(unit) && !!units.add(unit);
  });
  const chosen = first.slice(0, most);
  for (const sensor of sorted) if (chosen.length < most && !chosen.includes(sensor)) chosen.push(sensor);
  return chosen;
}

export interface Machine {
  tag: string;
  name: string;
  state: Sensor;
  values: Sensor[];
}

/** Every asset that runs and stops, with the first few figures beside its state. */
export function machines(catalog: SiteCatalog, most = 3): Machine[] {
  const found: Machine[] = [];
  for (const asset of catalog.assets) {
    const sensors = catalog.sensorsOf.get(asset.id) ?? [];
    const state = sensors.find((each) => each.kind === "discrete" && Object.keys(each.states ?? {}).length > 0);
    if (!state) continue;
    const values = sensors.filter((each) => each.kind === "continuous");
    values.sort((a, b) => weightOf(a) - weightOf(b));
    found.push({ tag: asset.tag, name: asset.name, state, values: values.slice(0, most) });
  }
  return found;
}
