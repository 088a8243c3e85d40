import type { Sensor } from "../../api/types";
import { formatDate, formatTime, roundStep, stateName, zoneOffsetMs } from "../../format";
import type { By, Period } from "./data";

/** A part of a bar: from `low` to `high` of the axis, drawn in colour `slot` (0: unknown). */
export interface Part {
  low: number;
  high: number;
  slot: number;
}

export interface Bar {
  parts: Part[];
  /** The smallest and largest sample. */
  whisker: [number, number] | null;
}

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

const MAX_SLOTS = 8;

/** The states of all periods, the one that was held longest first; null if a period has too many. */
export function statesOf(periods: Period[]): string[] | null {
  const totals = new Map<string, number>();
  for (const { states } of periods) {
    if (states === null) return null;
    for (const [state, ms] of Object.entries(states ?? {})) totals.set(state, (totals.get(state) ?? 0) + ms);
  }
  return [...totals].sort(([a, one], [b, other]) => other - one || a.localeCompare(b)).map(([state]) => state);
}

/** Of the first eight states each has a colour; the others share the last. */
export const slotOf = (states: string[], state: string): number => Math.min(states.indexOf(state) + 1, MAX_SLOTS);

export function barsOf(periods: Period[], sensor: Sensor, states: string[]): Bar[] {
  return periods.map((period) => {
    if (sensor.kind === "counter") return { parts: fromZero(period.increase), whisker: null };
    if (sensor.kind === "continuous") {
      const { mean, min, max } = period;
      const whisker = typeof min === "number" && typeof max === "number" ? ([min, max] as [number, number]) : null;
      return { parts: fromZero(mean), whisker };
    }
    return { parts: shares(period, states), whisker: null };
  });
}

const fromZero = (value: number | null | undefined): Part[] =>
  typeof value === "number" ? [{ low: Math.min(0, value), high: Math.max(0, value), slot: 1 }] : [];

/** Percentages of the period. */
function shares(period: Period, states: string[]): Part[] {
  const width = period.end - period.start;
  const parts: Part[] = [];
  let low = 0;
  for (const state of states) {
    const ms = period.states?.[state] ?? 0;
    if (ms > 0) parts.push({ low, high: low + (100 * ms) / width, slot: slotOf(states, state) });
    low += (100 * ms) / width;
  }
  return parts;
}

/** From zero, or, of values that vary little far from it, from below the smallest. */
export function axisOf(bars: Bar[], percent: boolean): Axis {
  if (percent) return { low: 0, high: 100, ticks: [0, 25, 50, 75, 100] };
  const values = bars.flatMap(({ parts, whisker }) => [
    ...parts.flatMap(({ low, high }) => [low, high]),
    ...(whisker ?? []),
  ]);
  const tops = bars.flatMap(({ parts, whisker }) => [...parts.map(({ low, high }) => low || high), ...(whisker ?? [])]);
  const [least, most] = [Math.min(...tops), Math.max(...tops)];
  const far = tops.length > 0 && least > 0 && most - least < least / 2 && bars.some(({ whisker }) => whisker);
  const low = far ? least - (most - least || least) / 4 : Math.min(0, ...values);
  const high = Math.max(far ? -Infinity : 0, ...values);
  return axis(low, high > low ? high : low + 1);
}

function axis(low: number, high: number): Axis {
  const step = roundStep((high - low) / 4);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { low: first * step, high: last * step, ticks };
}

const HOUR = 3_600_000;

/** The hours of a period in which clocks were changed, else null. */
export function unusualHours({ start, end }: Period, by: By, zone: string): number | null {
  if (by === "hour") return null;
  const shift = zoneOffsetMs(end, zone) - zoneOffsetMs(start, zone);
  return shift === 0 ? null : (end - start) / HOUR;
}

export function periodName({ start, end }: Period, by: By, zone: string): string {
  if (by === "hour") return `${formatDate(start, zone)} ${formatTime(start, zone, false)}`;
  if (by === "day") return `${WEEKDAY(start, zone)} ${formatDate(start, zone)}`;
  if (by === "week") return `${formatDate(start, zone, false)} – ${formatDate(end - 1, zone)}`;
  return formatDate(start, zone).split(" ").slice(1).join(" ");
}

/** Short, for the axis below a bar. */
export function shortName({ start }: Period, by: By, zone: string): string {
  if (by === "hour") return formatTime(start, zone, false);
  return by === "month" ? formatDate(start, zone).split(" ").slice(1).join(" ") : formatDate(start, zone, false);
}

const WEEKDAY = (ms: number, zone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short" }).format(ms);

export const nameOf = (state: string, sensor: Sensor): string =>
  stateName(sensor.kind === "discrete" ? Number(state) : state, sensor.states);
