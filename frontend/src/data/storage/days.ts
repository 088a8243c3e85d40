import { formatNumber, parseDuration } from "../../format";
import type { Kept } from "./api";
import { texts } from "./texts";

const DAY = 86_400_000;
const MIN_DAYS = 2;
const MAX_DAYS = 36_500;

/** "400", "90d", "3y" in days; null for an empty text, which means forever; undefined if invalid. */
export function readDays(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const ms = parseDuration(/^\s*\d+\s*$/.test(text) ? `${text}d` : text);
  const days = ms === null ? NaN : ms / DAY;
  return Number.isInteger(days) && days >= MIN_DAYS && days <= MAX_DAYS ? days : undefined;
}

export const DAYS_EXAMPLE = texts.daysExample(MIN_DAYS, MAX_DAYS / 365);

/** 1,095 is "3 years", 400 is "400 days", null is "forever". */
export function daysName(days: number | null): string {
  if (days === null) return texts.forever;
  if (days % 365 === 0) return days === 365 ? texts.oneYear : texts.years(days / 365);
  return texts.days(formatNumber(days, 0));
}

/** As it is typed in a field. */
export const daysText = (days: number | null): string =>
  days === null ? "" : days % 365 === 0 ? `${days / 365}y` : `${days}d`;

/** Why the two do not fit together, or null. */
export function conflictOf({ raw_days, ladder_days }: Kept): string | null {
  if (ladder_days === null) return null;
  if (raw_days === null) return texts.rollupsForeverToo;
  return raw_days > ladder_days ? texts.rollupsAtLeast : null;
}

const shorter = (before: number | null, after: number | null) => after !== null && (before === null || after < before);

/** Whether a change deletes anything that is kept now. */
export const shortens = (before: Kept, after: Kept): boolean =>
  shorter(before.raw_days, after.raw_days) || shorter(before.ladder_days, after.ladder_days);
