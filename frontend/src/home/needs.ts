import type { AsOf, Sensor } from "../api/types";
import { formatAge, formatValue, stateName } from "../format";

export interface Need {
  sensor: Sensor;
  what: string;
  why: string;
  /** When it was measured. */
  t: number | null;
  rank: number;
}

const TROUBLE = /trip|fault|fail|alarm|error/i;

/**
 * What the values themselves say is not as it should be: a machine that says so, a figure outside its declared range,
 * bad quality, silence. Judged by nothing that is not there yet.
 */
export function needsOf(sensors: Sensor[], values: Map<string, AsOf>): Need[] {
  const needs: Need[] = [];
  for (const sensor of sensors) {
    const value = values.get(sensor.id);
    if (!value || value.v === null) continue;
    const add = (rank: number, what: string, why: string) => needs.push({ sensor, what, why, t: value.t, rank });
    const name = sensor.name || sensor.tag;
    if (sensor.kind === "discrete" && TROUBLE.test(stateName(value.v, sensor.states))) {
      add(0, stateName(value.v, sensor.states), `${name} reports ${stateName(value.v, sensor.states).toLowerCase()}`);
    } else if (value.stale) {
      add(3, `Silent for ${formatAge(value.age ?? 0)}`, `last ${formatValue(value.v, null, sensor)}`);
    } else if (value.q === 2) {
      add(1, "Bad quality", `${name} ${formatValue(value.v, null, sensor)} is marked bad by its source`);
    } else if (typeof value.v === "number" && sensor.range && sensor.kind === "continuous") {
      const [low, high] = sensor.range;
      if (value.v < low || value.v > high) {
        const limit = value.v < low ? low : high;
        add(
          2,
          `${name} ${formatValue(value.v, null, sensor)}`,
          `outside its range, ${value.v < low ? "under" : "over"} ${formatValue(limit, null, sensor)}`,
        );
      }
    }
  }
  return needs.sort((a, b) => a.rank - b.rank || (a.t ?? 0) - (b.t ?? 0));
}
