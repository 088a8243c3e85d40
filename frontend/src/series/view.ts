import type { SeriesView } from "../api/types";

/** One sensor over a range, downsampled: points of a line, or the minimum, maximum and mean of each bucket. */
export type { SeriesView };
export type BandView = Extract<SeriesView, { method: "band" }>;
export type LineView = Exclude<SeriesView, BandView>;

/** Index of the last element at or before `t`, or -1. */
export function lastAtOrBefore(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface AtCursor {
  t: number;
  value: number | string;
  min?: number;
  max?: number;
}

/** Whether `t` is in the range that was read. */
export const covers = (series: SeriesView, t: number): boolean => t >= series.start && t <= series.end;

/** The value at `t`: the last shown at or before it; none inside a gap or before the first. */
export function readAt(series: SeriesView, t: number): AtCursor | null {
  const index = lastAtOrBefore(series.t, t);
  if (index < 0) return null;
  const at = series.t[index]!;
  const inGap = series.gaps.some(([from, to]) => t > from && t < to);
  // A band's bucket extends to its end, even if a gap begins inside it.
  if (inGap && !(series.method === "band" && t < at + series.resolution_ms)) return null;
  if (series.method === "band") {
    return { t: at, value: series.mean[index]!, min: series.min[index], max: series.max[index] };
  }
  return { t: at, value: series.v[index]! };
}

/**
 * Whether a line would be too noisy: samples were left out, and between shown points it jumps, on
 * average, across a large part of its range. Band and mean then show more.
 */
export function isNoisy(series: SeriesView): boolean {
  if (series.method !== "minmax" || series.resolution_ms === 0 || series.t.length < 100) return false;
  const { min, max } = series.stats;
  if (min === null || max === null || max === min) return false;
  let jumps = 0;
  for (let index = 1; index < series.v.length; index += 1) {
    jumps += Math.abs((series.v[index] as number) - (series.v[index - 1] as number));
  }
  return jumps / (series.v.length - 1) / (max - min) > 0.08;
}

/**
 * The columns of a series with a null at the start of each gap, so that no line is drawn across it. `undefined` is left
 * for uPlot's own joining.
 */
export function withGaps(series: SeriesView): { t: number[]; columns: (number | null)[][] } {
  const sources: (number | string)[][] = series.method === "band" ? [series.min, series.max, series.mean] : [series.v];
  const t: number[] = [];
  const columns: (number | null)[][] = sources.map(() => []);
  let gap = 0;
  for (let index = 0; index < series.t.length; index += 1) {
    const at = series.t[index]!;
    const before = series.t[index - 1];
    while (gap < series.gaps.length && series.gaps[gap]![1] <= (before ?? -Infinity)) gap += 1;
    const next = series.gaps[gap];
    // A band's bucket does not show a gap inside it.
    const covered = before !== undefined && series.method === "band" ? before + series.resolution_ms : before;
    if (before !== undefined && next && next[0] >= before && next[0] < at && next[1] > covered!) {
      t.push((before + at) / 2);
      for (const column of columns) column.push(null);
      gap += 1;
    }
    t.push(at);
    columns.forEach((column, which) => column.push(sources[which]![index] as number));
  }
  return { t, columns };
}
