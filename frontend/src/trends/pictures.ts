import type { Picture } from "../api/types";

/** What the server answers for one sensor and range: points of a line, or smallest, largest and mean of buckets. */
export type { Picture };
export type BandPicture = Extract<Picture, { method: "band" }>;
export type LinePicture = Exclude<Picture, BandPicture>;

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

/** The value that held at `t`: the last shown at or before it, nothing inside a gap or before the first. */
export function readAt(picture: Picture, t: number): AtCursor | null {
  const index = lastAtOrBefore(picture.t, t);
  if (index < 0) return null;
  const at = picture.t[index]!;
  const inGap = picture.gaps.some(([from, to]) => t > from && t < to);
  // A band's bucket counts to its end, even where a gap begins inside it.
  if (inGap && !(picture.method === "band" && t < at + picture.resolution_ms)) return null;
  if (picture.method === "band") {
    return { t: at, value: picture.mean[index]!, min: picture.min[index], max: picture.max[index] };
  }
  return { t: at, value: picture.v[index]! };
}

/**
 * Whether a line would be a scribble: samples were left out, and from one shown point to the next it jumps, on
 * average, over a good part of its own range. Then band and mean say more.
 */
export function isNoisy(picture: Picture): boolean {
  if (picture.method !== "minmax" || picture.resolution_ms === 0 || picture.t.length < 100) return false;
  const { min, max } = picture.stats;
  if (min === null || max === null || max === min) return false;
  let jumps = 0;
  for (let index = 1; index < picture.v.length; index += 1) {
    jumps += Math.abs((picture.v[index] as number) - (picture.v[index - 1] as number));
  }
  return jumps / (picture.v.length - 1) / (max - min) > 0.08;
}

/**
 * The picture's columns with a null where each gap begins, so that no line is drawn across it. `undefined` is left
 * for uPlot's own joining.
 */
export function withGaps(picture: Picture): { t: number[]; columns: (number | null)[][] } {
  const sources: (number | string)[][] =
    picture.method === "band" ? [picture.min, picture.max, picture.mean] : [picture.v];
  const t: number[] = [];
  const columns: (number | null)[][] = sources.map(() => []);
  let gap = 0;
  for (let index = 0; index < picture.t.length; index += 1) {
    const at = picture.t[index]!;
    const before = picture.t[index - 1];
    while (gap < picture.gaps.length && picture.gaps[gap]![1] <= (before ?? -Infinity)) gap += 1;
    const next = picture.gaps[gap];
    // A band's bucket says nothing of a gap that lies inside it.
    const covered = before !== undefined && picture.method === "band" ? before + picture.resolution_ms : before;
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
