import type { SiteCatalog } from "../../catalog";
import { fitting, sharedStates } from "../../catalog/pattern";
import type { Sensor } from "../../api/types";
import type { Applies } from "./api";

/** What a trigger's numbers mean: the unit and the names of states, where all targets have the same. */
export interface Measure {
  unit: string;
  states: Record<string, string>;
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
    .flatMap((asset) => catalog.sensorsOf.get(asset.id) ?? []);
  return [...named, ...fitting(ofType, pattern)];
}

/** Nothing is said where the sensors differ: a wrong unit is worse than none. */
export function measureOf(sensors: readonly Sensor[]): Measure {
  const [first] = sensors;
  if (!first) return { unit: "", states: {} };
  const unit = sensors.every((sensor) => sensor.unit === first.unit) ? first.unit : "";
  return { unit, states: sharedStates(sensors) };
}
