import type { AsOf, Sensor } from "../api/types";
import { formatAge, formatValue, stateName } from "../format";
import { texts } from "./texts";

export interface Finding {
  sensor: Sensor;
  /** The asset's tag if the asset itself has a fault, otherwise the sensor's. */
  who: string;
  trouble: boolean;
  what: string;
  why: string;
  /** Since when, if that is known, otherwise when it was measured. */
  t: number | null;
  rank: number;
}

const TROUBLE = /trip|fault|fail|alarm|error/i;

/** Whether a machine itself reports a fault. */
export const isTrouble = (value: number | string, sensor: Sensor): boolean =>
  TROUBLE.test(stateName(value, sensor.states));

/**
 * What is abnormal according to the values: a machine that reports a fault, a value outside its declared range,
 * bad quality, silence. Based only on data that has loaded.
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
