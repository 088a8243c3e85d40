import type { AsOf, Sensor } from "../api/types";
import { formatAge, formatValue, stateName } from "../format";
import { texts } from "./texts";

export interface Finding {
  sensor: Sensor;
  /** Its asset's tag, where the asset itself is in trouble; else the sensor's. */
  who: string;
  trouble: boolean;
  what: string;
  why: string;
  /** Since when, as far as that is known; else when it was measured. */
  t: number | null;
  rank: number;
}

const TROUBLE = /trip|fault|fail|alarm|error/i;

/** Whether a machine itself says that it is in trouble. */
export const isTrouble = (value: number | string, sensor: Sensor): boolean =>
  TROUBLE.test(stateName(value, sensor.states));

/**
 * What the values themselves say is not as it should be: a machine that says so, a figure outside its declared range,
 * bad quality, silence. Judged by nothing that is not there yet.
 */
export function findingsOf(
  sensors: Sensor[],
  values: Map<string, AsOf>,
  tagOf: (sensor: Sensor) => string | undefined,
  sinceOf: (sensor: Sensor) => number | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const sensor of sensors) {
    const value = values.get(sensor.id);
    if (!value || value.v === null) continue;
    const add = (rank: number, what: string, why: string) =>
      findings.push({ sensor, who: sensor.tag, trouble: false, what, why, t: value.t, rank });
    const name = sensor.name || sensor.tag;
    if (sensor.kind === "discrete" && isTrouble(value.v, sensor)) {
      const what = stateName(value.v, sensor.states);
      const who = tagOf(sensor) ?? sensor.tag;
      const t = sinceOf(sensor) ?? value.t;
      findings.push({ sensor, who, trouble: true, what, why: `${sensor.tag} ${name.toLowerCase()}`, t, rank: 0 });
    } else if (value.stale) {
      add(3, texts.noData(formatAge(value.age ?? 0)), texts.lastValue(formatValue(value.v, null, sensor)));
    } else if (value.q === 2) {
      add(1, texts.badQuality, texts.badQualityDetail(name, formatValue(value.v, null, sensor)));
    } else if (typeof value.v === "number" && sensor.range && sensor.kind === "continuous") {
      const [low, high] = sensor.range;
      if (value.v < low || value.v > high) {
        const limit = value.v < low ? low : high;
        add(
          2,
          `${name} ${formatValue(value.v, null, sensor)}`,
          value.v < low
            ? texts.belowRange(formatValue(limit, null, sensor))
            : texts.aboveRange(formatValue(limit, null, sensor)),
        );
      }
    }
  }
  return findings.sort((a, b) => a.rank - b.rank || (a.t ?? 0) - (b.t ?? 0));
}
