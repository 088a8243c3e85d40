import type { Sensor } from "../api/types";
import type { SiteCatalog } from "../catalog";
import { weightOf } from "../catalog/keySensors";

export interface Machine {
  tag: string;
  name: string;
  state: Sensor;
  values: Sensor[];
}

/** Every asset with a discrete state, and its first few measured values. */
export function machines(catalog: SiteCatalog, max = 3): Machine[] {
  const found: Machine[] = [];
  for (const asset of catalog.assets) {
    const sensors = catalog.sensorsOf.get(asset.id) ?? [];
    const state = sensors.find((each) => each.kind === "discrete" && Object.keys(each.states ?? {}).length > 0);
    if (!state) continue;
    const values = sensors.filter((each) => each.kind === "continuous");
    values.sort((a, b) => weightOf(a) - weightOf(b));
    found.push({ tag: asset.tag, name: asset.name, state, values: values.slice(0, max) });
  }
  return found;
}
