/** What makes new series, from the figures of the server. Pure. */
import type { SeriesGrowth } from "../../api/types";
import { sourceName } from "./model";

const MAX_SHOWN = 8;

export interface Grower {
  id: string;
  kind: "site" | "source" | "rule";
  name: string;
  /** How many it has; null: it only creates them. */
  count: number | null;
  grown: number;
  days: number[];
}

/** A day on which nobody looked is as the one before. */
export function withoutGaps(days: readonly (number | null)[]): number[] {
  let last = days.find((each) => each !== null) ?? 0;
  return days.map((each) => (last = each ?? last));
}

/** Those that grew within the last week, the fastest first. */
export function growersOf({ sites, sources, rules }: SeriesGrowth): Grower[] {
  const growers: Grower[] = [
    ...sites.map(({ site, slug, known, grown, days }) => ({
      id: `site-${site}`,
      kind: "site" as const,
      name: slug,
      count: known,
      grown,
      days: withoutGaps(days),
    })),
    ...sources.map(({ name, grown, days }) => ({
      id: `source-${name}`,
      kind: "source" as const,
      name: sourceName(name),
      count: null,
      grown,
      days,
    })),
    ...rules.map(({ name, grown, days }) => ({
      id: `rule-${name}`,
      kind: "rule" as const,
      name,
      count: null,
      grown,
      days,
    })),
  ];
  return growers
    .filter(({ grown }) => grown > 0)
    .sort((a, b) => b.grown - a.grown)
    .slice(0, MAX_SHOWN);
}
