import { formatDate, formatTime, offsetSpans, zoneOffset, zoneOffsetMs, zonedToMs } from "./time";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

export interface Tick {
  t: number;
  label: string;
  /** Among hours, the midnight that names the new day. */
  strong?: true;
}

/** Round instants of `zone`'s clock between start and end, at most `most` of them, with their labels. */
export function timeTicks(start: number, end: number, zone: string, most: number): Tick[] {
  const length = end - start;
  if (!(length > 0) || most < 1) return [];
  const step = STEPS.find((each) => length / each <= most);
  if (step === undefined) return monthTicks(start, end, zone, most);
  return step >= DAY ? dayTicks(start, end, zone, step / DAY) : clockTicks(start, end, zone, step);
}

function clockTicks(start: number, end: number, zone: string, step: number): Tick[] {
  const ticks: Tick[] = [];
  const seconds = step < MINUTE;
  for (const span of offsetSpans(start, end, zone)) {
    for (let at = Math.ceil((span.start + span.offset) / step) * step; ; at += step) {
      const t = at - span.offset;
      if (t > end || (t >= span.end && span.end < end)) break;
      // Where the clock was set back, round times may be close together.
      if (ticks.length && t - ticks.at(-1)!.t < 0.6 * step) continue;
      ticks.push(clockTick(t, at, zone, seconds));
    }
  }
  return ticks;
}

function clockTick(t: number, wall: number, zone: string, seconds: boolean): Tick {
  const first = zonedToMs(wall, zone);
  const day = zonedToMs(Math.floor(wall / DAY) * DAY, zone);
  if (t === day) return { t, label: formatDate(t, zone, false), strong: true };
  const label = formatTime(t, zone, seconds);
  // A repeated hour: the second pass shows the offset from UTC.
  return { t, label: t === first ? label : `${label} ${zoneOffset(t, zone)}` };
}

function dayTicks(start: number, end: number, zone: string, days: number): Tick[] {
  const ticks: Tick[] = [];
  const first = new Date(start + zoneOffsetMs(start, zone));
  for (let month = first.getUTCMonth(), year = first.getUTCFullYear(); ; month += 1) {
    // Counted from the first of each month, so that the same days are labelled whatever the range.
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    for (let day = 1; day <= length; day += days) {
      if (days > 1 && length - day < days / 2 && day > 1) break;
      const t = zonedToMs(Date.UTC(year, month, day), zone);
      if (t > end) return ticks;
      if (t >= start) ticks.push({ t, label: formatDate(t, zone, false) });
    }
  }
}

function monthTicks(start: number, end: number, zone: string, most: number): Tick[] {
  const months = (end - start) / (30.44 * DAY);
  const step = MONTH_STEPS.find((each) => months / each <= most) ?? MONTH_STEPS.at(-1)!;
  const first = new Date(start + zoneOffsetMs(start, zone));
  const from = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  const ticks: Tick[] = [];
  for (let month = from; ; month += step) {
    const t = zonedToMs(Date.UTC(Math.floor(month / 12), month % 12, 1), zone);
    if (t > end) return ticks;
    if (t < start) continue;
    const year = String(Math.floor(month / 12));
    const name = formatDate(t, zone, false).replace(/^\d+\s/, "");
    ticks.push({ t, label: month % 12 === 0 || step >= 12 ? year : name });
  }
}
