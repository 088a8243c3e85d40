import type { Sensor, Statistics } from "../../api/types";
import { isoInZone } from "../../format";
import { cell } from "../export/csv";
import { heldStates, percentilesOf } from "./data";

export interface Row {
  sensor: Sensor;
  statistics: Statistics;
}

/** One row per sensor, times in `zone`, and a column for each percentile and state of any of them. */
export function statisticsCsv(rows: Row[], zone: string): string {
  const at = (ms: number | null) => (ms === null ? "" : isoInZone(ms, zone));
  const records = rows.map(({ sensor, statistics: s }) => {
    const row = new Map<string, string | number | null>();
    const put = (name: string, value: string | number | null | undefined) => row.set(name, value ?? "");
    put("sensor", sensor.tag);
    put("name", sensor.name);
    put("unit", sensor.unit);
    put("from", at(s.start));
    put("to", at(s.end));
    put("samples", s.count);
    put("bad", s.bad);
    put("min", s.min);
    put("min at", at(s.tmin));
    put("max", s.max);
    put("max at", at(s.tmax));
    put("mean", s.mean);
    put("standard deviation", s.std);
    put("increase", s.increase);
    for (const [percentile, value] of percentilesOf(s)) put(`P${percentile}`, value);
    for (const { name, ms } of heldStates(s, sensor) ?? []) put(`seconds ${name}`, ms / 1000);
    return row;
  });
  const columns = [...new Set(records.flatMap((row) => [...row.keys()]))];
  const lines = records.map((row) => columns.map((name) => cell(row.get(name) ?? "")).join(","));
  return [columns.map(cell).join(","), ...lines].map((line) => `${line}\r\n`).join("");
}
