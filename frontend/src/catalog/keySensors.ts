import type { Sensor } from "../api/types";
import { displayUnit } from "../format";
import type { SiteCatalog } from ".";

/** Key performance figures first, in any plant. */
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

export function weightOf(sensor: Sensor): number {
  // A setpoint says nothing about the state of the plant.
  if (/set ?point/i.test(sensor.name)) return 40;
  return WEIGHT.find(([pattern]) => pattern.test(sensor.name))?.[1] ?? 9;
}

/**
 * Up to four sensors that summarise the plant: first those of the asset that represents the plant, then by what they
 * measure, with different units as far as possible.
 */
export function keySensors(catalog: SiteCatalog, max = 4): Sensor[] {
  const types = new Map(catalog.assets.map((asset) => [asset.id, asset.type]));
  const measured = catalog.sensors.filter((each) => each.kind === "continuous" || each.kind === "counter");
  // The plant itself, then shared headers, then the machines.
  const place = (type: string | undefined) => (type === "plant" ? 0 : type === "header" ? 50 : 100);
  const rank = (sensor: Sensor) => place(types.get(sensor.asset ?? "")) + weightOf(sensor);
  const sorted = [...measured].sort((a, b) => rank(a) - rank(b));
  const units = new Set<string>();
  const first = sorted.filter((sensor) => {
    const unit = displayUnit(sensor.unit);
    return !units.has(unit) && !!units.add(unit);
  });
  const chosen = first.slice(0, max);
  for (const sensor of sorted) if (chosen.length < max && !chosen.includes(sensor)) chosen.push(sensor);
  return chosen;
}
