import type { SeriesView } from "../../series/view";
import { lastAtOrBefore, readAt } from "../../series/view";

export interface Pairs {
  /** Ascending, epoch ms. */
  t: number[];
  x: number[];
  y: number[];
}

/**
 * Values of two sensors at the same times: the means of the same buckets, where both have them; otherwise, for each
 * value of the sensor with fewer, the other one's last at or before it. None in a gap of either.
 */
export function pairsOf(x: SeriesView, y: SeriesView): Pairs {
  const pairs: Pairs = { t: [], x: [], y: [] };
  const swapped = y.t.length > x.t.length;
  const [fewer, other] = swapped ? [x, y] : [y, x];
  fewer.t.forEach((t, index) => {
    const own = valueOf(fewer, index);
    const found =
      other.resolution_ms > 0 && other.resolution_ms === fewer.resolution_ms
        ? exactAt(other, t)
        : readAt(other, t)?.value;
    if (own === null || typeof found !== "number") return;
    pairs.t.push(t);
    pairs.x.push(swapped ? own : found);
    pairs.y.push(swapped ? found : own);
  });
  return pairs;
}

function valueOf(series: SeriesView, index: number): number | null {
  const value = series.method === "band" ? series.mean[index] : series.v[index];
  return typeof value === "number" ? value : null;
}

/** The value of the bucket that starts at `t`. */
function exactAt(series: SeriesView, t: number): number | null {
  const index = lastAtOrBefore(series.t, t);
  return index >= 0 && series.t[index] === t ? valueOf(series, index) : null;
}

/** The pair that is nearest to a place, by a distance in pixels; -1 beyond `most` of them. */
export function nearestPair(
  pairs: Pairs,
  at: (index: number) => [number, number],
  x: number,
  y: number,
  most = 24,
): number {
  let best = -1;
  let distance = most * most;
  for (let index = 0; index < pairs.t.length; index += 1) {
    const [px, py] = at(index);
    const apart = (px - x) ** 2 + (py - y) ** 2;
    if (apart <= distance) [best, distance] = [index, apart];
  }
  return best;
}

/** A colour between the stops, evenly spaced: `share` 0 is the first one. All are #rrggbb. */
export function blend(stops: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const part = place - index;
  const channels = (text: string) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [from, to] = [channels(stops[index]!), channels(stops[index + 1]!)];
  const mixed = from.map((value, channel) => Math.round(value + (to[channel]! - value) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Lowest and highest value, with a margin. */
export function rangeOf(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const room = (high - low) * 0.05 || Math.abs(low) * 0.05 || 1;
  return [low - room, high + room];
}

/** The index of the place that is nearest to `at`. */
export function nearest(places: readonly number[], at: number): number | null {
  let best: number | null = null;
  for (let index = 0; index < places.length; index += 1) {
    if (best === null || Math.abs(places[index]! - at) < Math.abs(places[best]! - at)) best = index;
  }
  return best;
}
