import type { By } from "./data";

const DAY = 86_400_000;

/** Lengths of a range, and the periods that suit it. */
export const RANGES: { value: string; label: string; ms: number; by: By }[] = [
  { value: "2d", label: "2 d", ms: 2 * DAY, by: "hour" },
  { value: "14d", label: "14 d", ms: 14 * DAY, by: "day" },
  { value: "31d", label: "31 d", ms: 31 * DAY, by: "day" },
  { value: "90d", label: "90 d", ms: 90 * DAY, by: "week" },
  { value: "1y", label: "1 y", ms: 365 * DAY, by: "month" },
  { value: "3y", label: "3 y", ms: 3 * 365 * DAY, by: "month" },
];
const DEFAULT = RANGES[2]!;
const PERIOD_MS: Record<By, number> = { hour: DAY / 24, day: DAY, week: 7 * DAY, month: 30 * DAY };
/** As the server has it. */
const MAX_PERIODS = 2000;

export interface Choice {
  range: (typeof RANGES)[number];
  by: By;
  /** The last moment of the range, or null while it follows the present. */
  end: number | null;
}

/** What an address says; what is missing or wrong is the default. */
export function readChoice(params: URLSearchParams): Choice {
  const range = RANGES.find((each) => each.value === params.get("range")) ?? DEFAULT;
  const by = params.get("by") as By;
  const fits = by in PERIOD_MS && fitsIn(range.ms, by);
  const text = params.get("until");
  const end = text && /^\d{1,15}$/.test(text) ? Number(text) : null;
  return { range, by: fits ? by : range.by, end };
}

/** Whether so long a range has no more of the periods than one answer holds. */
export const fitsIn = (ms: number, by: By): boolean => ms / PERIOD_MS[by] <= MAX_PERIODS;

/** Whole minutes, so that the same range is not asked for again with every render. */
export const roundedUp = (ms: number): number => Math.ceil(ms / 60_000) * 60_000;
