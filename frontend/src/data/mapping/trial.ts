/** What the trial of a mapping shows. Pure. */
import type { Trial, TriedArrival, TriedField } from "./api";

/** One series: its newest arrival, and how many of it there were. */
export interface Row {
  key: string;
  arrival: TriedArrival;
  field: TriedField;
  count: number;
}

const RANK: Record<TriedField["outcome"], number> = { rejected: 0, kept: 1, created: 2, stored: 3 };

const seriesOf = (arrival: TriedArrival, field: TriedField): string =>
  JSON.stringify([arrival.source, arrival.name, Object.entries(arrival.tags).sort(), field.field]);

/** A row for each series and outcome: what is not stored comes first, then the newest. */
export function rowsOf(trial: Trial): Row[] {
  const rows = new Map<string, Row>();
  for (const arrival of trial.arrivals)
    for (const field of arrival.fields) {
      const key = `${seriesOf(arrival, field)} ${field.outcome}`;
      const known = rows.get(key);
      if (known) known.count += 1;
      else rows.set(key, { key, arrival, field, count: 1 });
    }
  return [...rows.values()].sort(
    (a, b) => RANK[a.field.outcome] - RANK[b.field.outcome] || b.arrival.received - a.arrival.received,
  );
}

/** How many series each rule (from 1) takes. */
export function takenBy(rows: readonly Row[]): Map<number, number> {
  const taken = new Map<number, number>();
  for (const { field } of rows) if (field.rule !== null) taken.set(field.rule, (taken.get(field.rule) ?? 0) + 1);
  return taken;
}

export const tagsText = (tags: Record<string, string>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
