import { DASH } from "./value";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone}|${key}`;
  let found = cache.get(name);
  if (!found)
    cache.set(name, (found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options })));
  return found;
}

/** 09:42 or 09:42:06, in `zone` (IANA name). */
export function formatTime(ms: number, zone: string, seconds = true): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  if (seconds) options.second = "2-digit";
  return Number.isFinite(ms) ? formatter(zone, seconds ? "hms" : "hm", options).format(ms) : DASH;
}

/** 14 Mar 2026, or 14 Mar without the year. */
export function formatDate(ms: number, zone: string, year = true): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  if (year) options.year = "numeric";
  if (!Number.isFinite(ms)) return DASH;
  return formatter(zone, year ? "dmy" : "dm", options)
    .format(ms)
    .replace("Sept", "Sep");
}

/** 14 Mar 2026 09:42:00: a moment in full. */
export function formatMoment(ms: number, zone: string, seconds = true, year = true): string {
  return `${formatDate(ms, zone, year)} ${formatTime(ms, zone, seconds)}`;
}

/** The zone's offset from UTC at that instant, in ms (east is positive). */
export function zoneOffsetMs(ms: number, zone: string): number {
  const parts = formatter(zone, "parts", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(ms / SECOND) * SECOND;
}

/** "UTC+4", "UTC-3:30", "UTC". */
export function zoneOffset(ms: number, zone: string): string {
  const offset = Math.round(zoneOffsetMs(ms, zone) / MINUTE);
  if (offset === 0) return "UTC";
  const size = Math.abs(offset);
  const minutes = size % 60;
  const sign = offset < 0 ? "\u2212" : "+";
  return `UTC${sign}${Math.floor(size / 60)}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
}

/** 2026-03-14T09:42:00.000+04:00: for files, on `zone`'s clock and unambiguous. */
export function isoInZone(ms: number, zone: string): string {
  const offset = zoneOffsetMs(ms, zone);
  const minutes = Math.abs(Math.round(offset / MINUTE));
  const two = (count: number) => String(Math.floor(count)).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  return `${new Date(ms + offset).toISOString().slice(0, -1)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/**
 * The instant at which a clock in `zone` shows this wall time (given as if it were UTC): the only conversion from wall
 * time to an instant. A repeated time is the earlier one; a skipped time moves forward by the skipped period, as clocks do.
 */
export function zonedToMs(wallAsUtc: number, zone: string): number {
  // The instant is within 14 hours of the wall time as UTC, so only clock changes within a day on either side matter.
  const before = zoneOffsetMs(wallAsUtc - DAY, zone);
  const after = zoneOffsetMs(wallAsUtc + DAY, zone);
  const earlier = wallAsUtc - Math.max(before, after);
  const later = wallAsUtc - Math.min(before, after);
  if (earlier + zoneOffsetMs(earlier, zone) === wallAsUtc) return earlier;
  if (later + zoneOffsetMs(later, zone) === wallAsUtc) return later;
  return wallAsUtc - before;
}

export interface OffsetSpan {
  start: number;
  end: number;
  /** How far the zone's clock is ahead of UTC, in ms. */
  offset: number;
}

const PROBE_STEP_MS = 12 * HOUR;

/** The parts of a range in which the zone's offset is constant. */
export function offsetSpans(start: number, end: number, zone: string): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let from = start;
  let offset = zoneOffsetMs(start, zone);
  for (let at = start; at < end;) {
    const next = Math.min(at + PROBE_STEP_MS, end);
    const there = zoneOffsetMs(next, zone);
    if (there !== offset) {
      const change = changeBetween(at, next, offset, zone);
      spans.push({ start: from, end: change, offset });
      [from, offset] = [change, there];
    }
    at = next;
  }
  spans.push({ start: from, end, offset });
  return spans;
}

/** The first instant after `low` at which the offset is no longer `offset`. */
function changeBetween(low: number, high: number, offset: number, zone: string): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** A duration in its one or two largest units: 8 h, 1 h 32 min, 20 s, 2 d 4 h. */
export function formatDuration(ms: number, parts = 2): string {
  const size = Math.max(0, Math.abs(ms));
  if (size < SECOND) return `${Math.round(size)} ms`;
  const units: [number, string][] = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [SECOND, "s"],
  ];
  let rest = Math.round(size / SECOND) * SECOND;
  const out: string[] = [];
  for (const [length, name] of units) {
    const count = Math.floor(rest / length);
    if (count > 0) out.push(`${count} ${name}`);
    else if (out.length) break;
    rest -= count * length;
    if (out.length === parts) break;
  }
  return out.join(" ");
}

/** An age, in one unit: 20 s, 4 min, 6 h, 3 d, 8 months, 2 years. */
export function formatAge(ms: number): string {
  const size = Math.max(0, ms);
  if (size < MINUTE) return `${Math.floor(size / SECOND)} s`;
  if (size < HOUR) return `${Math.floor(size / MINUTE)} min`;
  if (size < DAY) return `${Math.floor(size / HOUR)} h`;
  if (size < 60 * DAY) return `${Math.floor(size / DAY)} d`;
  if (size < 730 * DAY) return `${Math.floor(size / (30.44 * DAY))} months`;
  return `${Math.floor(size / (365.25 * DAY))} years`;
}
