import type { SiteCatalog } from "../../catalog";
import type { Sensor } from "../../api/types";
import type { Applies } from "./api";

/** What a trigger's numbers mean: the unit and the names of states, where all targets have the same. */
export interface Measure {
  unit: string;
  states: Record<string, string>;
}

/** As the server reads a pattern: `*` for any characters, `?` for one, in whatever case. */
export function isMatch(pattern: string, text: string): boolean {
  const [wanted, found] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, star, taken] = [0, -1, 0];
  for (let place = 0; place < found.length;) {
    if (wanted[at] === "*") [star, taken, at] = [at, place, at + 1];
    else if (wanted[at] === "?" || wanted[at] === found[place]) [at, place] = [at + 1, place + 1];
    else if (star < 0) return false;
    else [at, place, taken] = [star + 1, taken + 1, taken + 1]; // the last star takes one character more
  }
  return /^\**$/.test(wanted.slice(at));
}

/** The sensors of the catalog that a rule applies to. */
export function targetsOf(applies: Applies, catalog: SiteCatalog): Sensor[] {
  const named = (applies.sensors ?? []).flatMap(
    (name) => catalog.sensorById.get(name) ?? catalog.sensorByTag.get(name.split(":").at(-1)!) ?? [],
  );
  const { pattern } = applies;
  if (!applies.asset_type || !pattern) return named;
  const type = applies.asset_type.trim().toLowerCase();
  const ofType = catalog.assets
    .filter((asset) => asset.type.toLowerCase() === type)
    .flatMap((asset) => catalog.sensorsOf.get(asset.id) ?? [])
    .filter((sensor) => isMatch(pattern, sensor.tag) || isMatch(pattern, sensor.name));
  return [...named, ...ofType];
}

/** Nothing is said where the sensors differ: a wrong unit is worse than none. */
export function measureOf(sensors: readonly Sensor[]): Measure {
  const [first] = sensors;
  if (!first) return { unit: "", states: {} };
  const unit = sensors.every((sensor) => sensor.unit === first.unit) ? first.unit : "";
  const states = Object.entries(first.states ?? {}).filter(([value, name]) =>
    sensors.every((sensor) => sensor.states?.[value] === name),
  );
  return { unit, states: Object.fromEntries(states) };
}
