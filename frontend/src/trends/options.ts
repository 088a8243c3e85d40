import { formatNumber, zonedToMs, zoneOffsetMs } from "../format";
import type { Span } from "./range";
import { texts } from "./texts";

/** How a trend is shown, beside its sensors and its range: all of it is in the address. */
export interface Options {
  plot: Plot;
  layout: Layout;
  /** Logarithmic axes of values. */
  log: boolean;
  /** Measured values are held until the next one, as discrete ones always are. */
  steps: boolean;
  /** The sensors' own ranges are drawn. */
  ranges: boolean;
  /** Own limits, by slot. */
  limits: ReadonlyMap<number, Limits>;
  /** How much earlier the range is that is drawn below this one; null: none. */
  compare: Shift | null;
  /** The sensor (id or tag) on the horizontal axis of an XY plot; null: the first. */
  x: string | null;
}

export type Plot = "time" | "xy" | "histogram" | "duration";
/** Lanes: one per unit, one per sensor, or one for all with an axis for each unit. */
export type Layout = "unit" | "sensor" | "shared";

export interface Limits {
  low: number | null;
  high: number | null;
}

export type ShiftUnit = "ms" | "s" | "min" | "h" | "d" | "w" | "y";
export interface Shift {
  count: number;
  unit: ShiftUnit;
}

export const PLOTS: readonly Plot[] = ["time", "xy", "histogram", "duration"];
export const LAYOUTS: readonly Layout[] = ["unit", "sensor", "shared"];

/** The parameters that `readOptions` reads. */
export const OPTION_NAMES = ["plot", "lanes", "scale", "draw", "ranges", "limits", "compare", "x"] as const;

const one = <T extends string>(known: readonly T[], text: string | null): T =>
  known.find((each) => each === text) ?? known[0]!;

export function readOptions(params: URLSearchParams): Options {
  return {
    plot: one(PLOTS, params.get("plot")),
    layout: one(LAYOUTS, params.get("lanes")),
    log: params.get("scale") === "log",
    steps: params.get("draw") === "steps",
    ranges: params.get("ranges") === "1",
    limits: readLimits(params.get("limits")),
    compare: readShift(params.get("compare")),
    x: params.get("x"),
  };
}

/** The parameters of some options in an address; defaults are left out. */
export function writeOptions(options: Partial<Options>): Record<string, string | null> {
  const { plot, layout, log, steps, ranges, limits, compare, x } = options;
  const found: Record<string, string | null> = {};
  if (plot !== undefined) found.plot = plot === "time" ? null : plot;
  if (layout !== undefined) found.lanes = layout === "unit" ? null : layout;
  if (log !== undefined) found.scale = log ? "log" : null;
  if (steps !== undefined) found.draw = steps ? "steps" : null;
  if (ranges !== undefined) found.ranges = ranges ? "1" : null;
  if (limits !== undefined) found.limits = writeLimits(limits);
  if (compare !== undefined) found.compare = compare && shiftText(compare);
  if (x !== undefined) found.x = x;
  return found;
}

const NUMBER = /^-?\d{1,16}(\.\d{1,12})?(e[+-]?\d{1,3})?$/i;
const bound = (text: string): number | null =>
  NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;

/** "1:18..40,3:..5": of the sensors in slots 1 and 3. What cannot be read is left out. */
export function readLimits(text: string | null): Map<number, Limits> {
  const limits = new Map<number, Limits>();
  for (const part of text?.slice(0, 500).split(",") ?? []) {
    const [, slot, from, to] = /^([1-8]):(.*)\.\.(.*)$/.exec(part) ?? [];
    if (slot === undefined) continue;
    const [low, high] = [bound(from!), bound(to!)];
    if ((low !== null || high !== null) && (low === null || high === null || low < high)) {
      limits.set(Number(slot), { low, high });
    }
  }
  return limits;
}

export function writeLimits(limits: ReadonlyMap<number, Limits>): string | null {
  const parts = [...limits]
    .filter(([, { low, high }]) => low !== null || high !== null)
    .sort(([a], [b]) => a - b)
    .map(([slot, { low, high }]) => `${slot}:${low ?? ""}..${high ?? ""}`);
  return parts.length ? parts.join(",") : null;
}

const UNIT_MS: Record<ShiftUnit, number> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};
const MAX_SHIFT_MS = 30 * UNIT_MS.y;

/** "1d", "4w", "36h", "5000ms"; null if it is none of these, or longer than any plant has data. */
export function readShift(text: string | null): Shift | null {
  const [, count, unit] = /^\s*(\d{1,15})\s*(ms|s|min|h|d|w|y)\s*$/i.exec(text ?? "") ?? [];
  if (count === undefined) return null;
  const shift = { count: Number(count), unit: unit!.toLowerCase() as ShiftUnit };
  return shift.count > 0 && shift.count * UNIT_MS[shift.unit] <= MAX_SHIFT_MS ? shift : null;
}

export const shiftText = ({ count, unit }: Shift): string => `${count}${unit}`;

/** The shift of exactly so many ms, in the largest unit that is exact and never depends on the calendar. */
export function exactShift(ms: number): Shift {
  const unit = (["h", "min", "s"] as const).find((each) => ms % UNIT_MS[each] === 0) ?? "ms";
  return { count: ms / UNIT_MS[unit], unit };
}

/**
 * The ms that a shift is at the start of a span. Days, weeks and years are those of the plant's calendar: 08:00 is
 * compared with 08:00, also if the clocks changed between them.
 */
export function shiftMs({ count, unit }: Shift, span: Span, zone: string): number {
  if (unit !== "d" && unit !== "w" && unit !== "y") return count * UNIT_MS[unit];
  const wall = span.start + zoneOffsetMs(span.start, zone);
  const earlier = new Date(wall);
  if (unit === "y") earlier.setUTCFullYear(earlier.getUTCFullYear() - count);
  else earlier.setUTCDate(earlier.getUTCDate() - count * (unit === "w" ? 7 : 1));
  return span.start - zonedToMs(earlier.getTime(), zone);
}

/** "1 d earlier"; of ms a round duration. */
export function shiftName(shift: Shift): string {
  const { count, unit } = shift.unit === "ms" ? { count: shift.count / 1000, unit: "s" } : shift;
  return texts.earlierBy(`${formatNumber(count, Number.isInteger(count) ? 0 : 3)}\u202f${unit}`);
}
