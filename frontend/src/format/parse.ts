import { zonedToMs, zoneOffsetMs } from "./time";

const UNITS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** "8h", "90 min", "7d", "1y" to ms; null if it is not a duration. */
export function parseDuration(text: string | null | undefined): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w|y)\s*$/i.exec(text ?? "");
  if (!match) return null;
  const ms = Number(match[1]) * UNITS[match[2]!.toLowerCase()]!;
  return ms > 0 ? ms : null;
}

/** The shortest exact spelling that parseDuration reads: 28,800,000 is "8h". */
export function durationText(ms: number): string {
  for (const unit of ["y", "d", "h", "min"] as const) {
    const count = ms / UNITS[unit]!;
    if (Number.isInteger(count) && count > 0) return `${count}${unit}`;
  }
  return `${Math.max(1, Math.round(ms / 1000))}s`;
}

/** The same for people: "8 h", "3 y". */
export const durationName = (ms: number): string => durationText(ms).replace(/([a-z])/, "\u202f$1");

const EARLIEST = Date.UTC(1700, 0, 1);
const LATEST = Date.UTC(2262, 0, 1);
const PLUS_AS_BLANK = /(t\S*) (\d\d:?\d\d)$/i; // what an address makes of a + that was not encoded
const WITH_OFFSET = /t.*(z|[+-]\d\d:?\d\d)$/i;

/**
 * An instant as addresses and the API write it: epoch ms, or ISO 8601 with an offset. Null for anything else: a time on
 * some clock (`parseMomentText` reads it), ten digits, which would be seconds, and years that the API rejects.
 */
export function parseInstant(text: string | null): number | null {
  const clean = (text?.trim() ?? "").replace(PLUS_AS_BLANK, "$1+$2");
  const digits = /^-?\d{1,15}$/.test(clean) && !/^-?\d{10}$/.test(clean);
  if (!digits && !WITH_OFFSET.test(clean)) return null;
  const ms = digits ? Number(clean) : Date.parse(clean);
  return ms >= EARLIEST && ms <= LATEST ? ms : null;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A moment typed by a person, read on `zone`'s clock: "2026-03-14 09:42", "14 Mar 2026 9:42:30", "14 Mar" (midnight),
 * "09:42" (today), "-2h" (ago), ISO with an offset, epoch ms. Null if it is none of these, or the day does not exist.
 */
export function parseMomentText(text: string, zone: string, now: number): number | null {
  const clean = text.trim().toLowerCase();
  if (clean === "") return null;
  if (clean === "now") return now;
  if (/^\d{12,14}$/.test(clean) || WITH_OFFSET.test(clean)) return parseInstant(text);
  const ago = /^-\s*(.+)$/.exec(clean) ?? /^(.+?)\s+ago$/.exec(clean);
  if (ago) {
    const back = parseDuration(ago[1]);
    return back === null ? null : now - back;
  }
  return wallMoment(clean, zone, now);
}

function wallMoment(clean: string, zone: string, now: number): number | null {
  const today = new Date(now + zoneOffsetMs(now, zone));
  const clock = /(?:^|[\st,])(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(clean);
  const date = (clock ? clean.slice(0, clock.index) : clean).trim().replace(/,$/, "");
  const [hour, minute, second] = clock ? [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)] : [0, 0, 0];
  if (hour > 23 || minute > 59 || second > 59) return null;
  let year = today.getUTCFullYear();
  let month = today.getUTCMonth();
  let day = today.getUTCDate();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(date);
  const worded = /^(\d{1,2})\s+([a-z]{3})[a-z]*\.?(?:\s+(\d{4}))?$/.exec(date);
  if (iso) [year, month, day] = [Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])];
  else if (worded) {
    month = MONTHS.indexOf(worded[2]!);
    day = Number(worded[1]);
    if (worded[3]) year = Number(worded[3]);
  } else if (date !== "" || !clock) return null;
  const wall = Date.UTC(year, month, day, hour, minute, second);
  const check = new Date(wall);
  if (month < 0 || check.getUTCMonth() !== month || check.getUTCDate() !== day) return null;
  return zonedToMs(wall, zone);
}
