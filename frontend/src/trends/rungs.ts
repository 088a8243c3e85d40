import { parseDuration } from "../format";
import { texts } from "./texts";

/** "2-day" for "2d"; undefined for raw samples, which are not a rung. */
function rungName(rung: string): string | undefined {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(rung) ?? [];
  return count && texts.rungName(count, texts.rungUnits[unit!]!);
}

const listed = (names: string[]) => [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(texts.and);

/** Which rungs series or statistics were read from, the finest first: "from the 12-hour and 2-day rungs". */
export function fromRungs(rungs: Iterable<string>): string {
  const all = [...new Set(rungs)].sort((a, b) => (parseDuration(a) ?? 0) - (parseDuration(b) ?? 0));
  const names = all.flatMap((rung) => rungName(rung) ?? []);
  const raw = all.length > names.length ? [texts.rawSamples] : [];
  const stored = names.length ? [texts.rungs(listed(names), names.length > 1)] : [];
  return texts.fromSources(listed([...raw, ...stored]));
}
