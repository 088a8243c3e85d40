import { formatAge, formatDate, formatTime } from "../format";
import type { Case } from "./types";
import { texts } from "./texts";

const DAY = 86_400_000;

export const isOpen = ({ state }: Pick<Case, "state">): boolean => state === "open" || state === "in_progress";

export const isOverdue = (each: Pick<Case, "state" | "due">, now: number): boolean =>
  isOpen(each) && each.due !== null && each.due < now;

/** When it is to be done: "overdue by 2 d", "today 16:00", "in 4 h", and beyond a week the date. */
export function dueWords(each: Pick<Case, "state" | "due">, zone: string, now: number): string {
  const { due } = each;
  if (due === null) return "";
  if (!isOpen(each)) return formatDate(due, zone);
  if (due < now) return texts.overdueBy(formatAge(now - due));
  if (formatDate(due, zone) === formatDate(now, zone)) return texts.dueToday(formatTime(due, zone, false));
  return due - now < 7 * DAY ? texts.dueIn(formatAge(due - now)) : formatDate(due, zone);
}

/** What a case is about, as lists name it: the asset, else the device or the sensor. */
export function subjectOf({ asset, device, sensor }: Pick<Case, "asset" | "device" | "sensor">): string {
  const named = asset ?? device ?? sensor;
  return named ? named.tag || named.name : "";
}

export const caseName = ({ number, title }: Pick<Case, "number" | "title">): string => `#${number} ${title}`;
