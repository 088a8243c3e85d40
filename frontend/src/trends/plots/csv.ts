import type { Sensor } from "../../api/types";
import { cell } from "../export/csv";
import type { Distribution } from "./distributions";
import type { Pairs } from "./pairs";

const text = (rows: (string | number)[][]) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

export interface Distributed {
  sensor: Sensor;
  data: Distribution;
}

/** One row per bin; shares are from 0 to 1. */
export const histogramCsv = (all: Distributed[]): string =>
  text([
    ["sensor", "from", "to", "share", "share of", "unit"],
    ...all.flatMap(({ sensor, data }) =>
      data.shares.map((share, bin) => [
        sensor.tag,
        data.edges[bin]!,
        data.edges[bin + 1]!,
        share,
        data.weight,
        sensor.unit,
      ]),
    ),
  ]);

/** One row per share, 0 to 1 by hundredths, with the value that is reached for it and its bounds. */
export const durationCsv = (all: Distributed[]): string =>
  text([
    ["sensor", "share", "share of", "value", "lower bound", "upper bound", "unit"],
    ...all.flatMap(({ sensor, data: { duration, weight } }) =>
      duration.share.map((share, place) => [
        ...[
          sensor.tag,
          share,
          weight,
          duration.value[place]!,
          duration.low[place]!,
          duration.high[place]!,
          sensor.unit,
        ],
      ]),
    ),
  ]);

/** One row per pair. */
export const xyCsv = (x: Sensor, all: { sensor: Sensor; pairs: Pairs }[]): string =>
  text([
    ["time", "x sensor", "x", "x unit", "y sensor", "y", "y unit"],
    ...all.flatMap(({ sensor, pairs }) =>
      pairs.t.map((t, place) => [
        ...[new Date(t).toISOString(), x.tag, pairs.x[place]!, x.unit, sensor.tag, pairs.y[place]!, sensor.unit],
      ]),
    ),
  ]);
