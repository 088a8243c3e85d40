import { parseDuration } from "../format";

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
  const raw = all.length > names.length ? ["the samples themselves"] : [];
  const stored = names.length ? [`the ${listed(names)} ${names.length > 1 ? "rungs" : "rung"}`] : [];
  return `from ${listed([...raw, ...stored])}`;
}

/** What a rung is, for who hovers over the word. */
export const RUNGS_TOLD =
  "Long ranges are read from stored rollups, a ladder of them from one minute to two days. Each bucket keeps its true " +
  "smallest and largest sample with their times; the newest and the edges come from the samples themselves.";
