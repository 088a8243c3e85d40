import { formatDate, formatDuration, formatNumber } from "../../format";
import type { Month } from "./api";
import { texts } from "../texts";

const HOUR = 3_600_000;
const MANY_H = 240;

/** 8 h 20 min, 3 d 4 h; beyond ten days only the days. A dash for what is not known. */
export function formatHours(hours: number | null): string {
  if (hours === null) return texts.notKnown;
  if (hours >= MANY_H) return `${formatNumber(hours / 24, 0)} d`;
  if (hours === 0) return "0 h";
  return formatDuration(Math.max(60_000, Math.round(hours * 60) * 60_000));
}

/** In the middle of the month its name is the same on every clock. */
export const monthName = ({ start, end }: Pick<Month, "start" | "end">, zone: string): string =>
  formatDate((start + end) / 2, zone).replace(/^\d+ /, "");

export interface Bar {
  index: number;
  x: number;
  width: number;
  height: number;
}

/** Bars of one figure per month; nothing where it is not known. `top`: what the tallest one is of. */
export function monthBars(values: readonly (number | null)[], width: number, height: number) {
  const top = Math.max(0, ...values.map((each) => each ?? 0));
  const step = width / Math.max(1, values.length);
  const bars = values.flatMap((value, index): Bar[] =>
    value !== null && value > 0
      ? [
          {
            index,
            x: index * step + step * 0.12,
            width: Math.max(1, step * 0.76),
            height: Math.max(2, (value / top) * height),
          },
        ]
      : [],
  );
  return { bars, top };
}

/** "1y" and so on: the ranges to choose from. */
export const SPANS = { "90d": 90 * 24 * HOUR, "1y": 365 * 24 * HOUR, "2y": 730 * 24 * HOUR, "5y": 1825 * 24 * HOUR };
export type SpanName = keyof typeof SPANS;
