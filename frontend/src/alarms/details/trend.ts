import { sparkOf } from "../../series/spark";
import type { SparkSeries } from "../../series/spark";

export interface MiniTrend {
  path: string;
  /** Of the limit's line; null without one, or where it is far outside. */
  limit: number | null;
  /** Of the moment at which it was raised; null if that is not in view. */
  raised: number | null;
}

export interface Frame {
  start: number;
  end: number;
  width: number;
  height: number;
}

/** A limit further away than this many times the values' span would make a flat line of them. */
const FAR = 4;

/** The values of a span with the limit among them, on one scale. */
export function miniTrend(
  series: SparkSeries,
  limit: number | null,
  raised: number | null,
  frame: Frame,
  steps = false,
): MiniTrend | undefined {
  const own = sparkOf(series, frame, steps);
  if (!own) return undefined;
  const span = own.high - own.low || Math.abs(own.high) || 1;
  const near = limit !== null && limit > own.low - FAR * span && limit < own.high + FAR * span;
  const [low, high] = near ? [Math.min(own.low, limit), Math.max(own.high, limit)] : [own.low, own.high];
  const within = sparkOf(series, { ...frame, low, high }, steps)!;
  const inView = raised !== null && raised >= frame.start && raised <= frame.end;
  return {
    path: within.path,
    limit: near ? frame.height * (1 - (limit - low) / (high - low || 1)) : null,
    raised: inView ? ((raised - frame.start) / (frame.end - frame.start)) * frame.width : null,
  };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What to show of an alarm raised at `raised`: some time before, and all since, of the last days. */
export function spanOf(raised: number | null, end: number): { start: number; end: number } {
  const since = raised === null ? 0 : Math.max(0, end - raised);
  return { start: end - Math.min(7 * DAY, Math.max(2 * HOUR, since * 1.5 + HOUR / 2)), end };
}
