import { parseDuration } from "../format";
import { texts } from "./texts";

const UNITS: Record<string, string> = { m: "minute", h: "hour", d: "day" };

/** "2-day" for "2d"; undefined for raw samples, which are no rung. */
function rungName(rung: string): string | undefined {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(rung) ?? [];
  return count && `${count}-${UNITS[unit!]}`;
}

const listed = (names: string[]) => [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");

/** Where series or statistics come from, in words, the finest first: "from the 12-hour and 2-day rungs". */
export function fromRungs(rungs: Iterable<string>): string {
  const all = [...new Set(rungs)].sort((a, b) => (parseDuration(a) ?? 0) - (parseDuration(b) ?? 0));
  const names = all.flatMap((rung) => rungName(rung) ?? []);
  const raw = all.length > names.length ? [texts.rawSamples] : [];
  const stored = names.length ? [`the ${listed(names)} ${names.length > 1 ? "rungs" : "rung"}`] : [];
  return texts.fromOf(listed([...raw, ...stored]));
}

/** What a rung is, for who hovers over the word. */
export const RUNGS_TOLD = texts.longRangesReadFrom + texts.theirTimesMostRecent;
