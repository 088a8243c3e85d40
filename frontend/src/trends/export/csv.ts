import { get, localUrl } from "../../api/client";
import type { Sensor } from "../../api/types";
import { isCalculated } from "../../catalog/calculated";
import type { SeriesView } from "../../series/view";
import type { Trace } from "../lanes";
import type { Span } from "../range";
import { save } from "../../ui/save";

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Prefixes an apostrophe to what a spreadsheet would evaluate as a formula; numbers stay numbers. */
function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Guarded against formulas, quoted by RFC 4180. */
export function cell(value: string | number): string {
  const text = typeof value === "number" ? String(value) : guarded(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const HEADER = "sensor,time,value,min,max,unit";

/**
 * One row per point: the sensors' times differ, so a column per sensor would be sparse. Points of a range that is
 * compared, `shift` ms earlier, have their own times.
 */
export function toCsv(traces: Trace[], shift = 0): string {
  const rows = [HEADER];
  for (const { sensor, series, earlier } of traces) {
    rows.push(...pointRows(sensor, series, 0), ...pointRows(sensor, earlier, shift));
  }
  return rows.join("\r\n") + "\r\n";
}

function pointRows(sensor: Sensor, series: SeriesView | undefined, shift: number): string[] {
  if (!series) return [];
  return series.t.map((t, index) => {
    const values =
      series.method === "band"
        ? [series.mean[index]!, series.min[index]!, series.max[index]!]
        : [series.v[index]!, "", ""];
    return [sensor.tag, new Date(t - shift).toISOString(), ...values, sensor.unit].map(cell).join(",");
  });
}

const csv = (parts: string[]) => new Blob(parts, { type: "text/csv;charset=utf-8" });

export const saveCsv = (text: string, name: string): void => save(csv([text]), `${name}.csv`);

interface RawPage {
  t: number[];
  v: (number | string)[];
  q: number[];
  next: string | null;
}

/** One row per sample, with its quality. */
export function rawRows(sensor: Sensor, page: Pick<RawPage, "t" | "v" | "q">): string {
  const rows = page.t.map((t, index) =>
    [sensor.tag, new Date(t).toISOString(), page.v[index]!, page.q[index]!, sensor.unit].map(cell).join(","),
  );
  return rows.map((row) => `${row}\r\n`).join("");
}

/** Every stored sample of the range, page by page, with its quality. */
export async function saveRawCsv(traces: Trace[], span: Span, name: string): Promise<void> {
  const parts = ["sensor,time,value,quality,unit\r\n"];
  for (const { sensor } of traces.filter((each) => !isCalculated(each.sensor))) {
    const query = `start=${span.start}&end=${span.end}&method=raw&points=100000`;
    let url: string | null = `/api/v1/sensors/${sensor.id}/samples?${query}`;
    while (url) {
      const page: RawPage = await get<RawPage>(url);
      parts.push(rawRows(sensor, page));
      url = localUrl(page.next);
    }
  }
  save(csv(parts), `${name} raw.csv`);
}
