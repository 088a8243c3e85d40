import { useMemo } from "react";
import { useDebouncedValue } from "@mantine/hooks";
import { PRIORITIES } from "../alarmData";
import type { ListView, Priority } from "../alarmData";
import { useMoment, useParams } from "../moment";
import { useSite } from "../tenant";

export const SORTS = ["priority", "raised", "tag", "cause"] as const;
export type Sort = (typeof SORTS)[number];

/** What the list shows, as the address says. */
export interface Filter {
  q: string;
  priorities: Priority[];
  /** What the address names as a priority that is none. */
  unknown: string[];
  asset: string | null;
  sort: Sort | null;
}

export function readFilter(params: URLSearchParams): Filter {
  const named = (params.get("priority") ?? "").split(",").map((each) => each.trim());
  const sort = params.get("sort");
  return {
    q: params.get("q") ?? "",
    priorities: PRIORITIES.filter((each) => named.includes(String(each))),
    unknown: named.filter((each) => each !== "" && !PRIORITIES.some((priority) => String(priority) === each)),
    asset: params.get("asset"),
    sort: SORTS.find((each) => each === sort) ?? null,
  };
}

/** All four and none say the same: any. */
export const writePriorities = (chosen: readonly number[]): string | null =>
  chosen.length === 0 || chosen.length === PRIORITIES.length ? null : [...chosen].sort().join(",");

const TYPING_MS = 200;

/** The request for the list of this page's site and moment. */
export function useListQuery(view: ListView) {
  const [params] = useParams();
  const { at } = useMoment();
  const site = useSite()?.id;
  const text = params.toString();
  const filter = useMemo(() => readFilter(new URLSearchParams(text)), [text]);
  const [q] = useDebouncedValue(filter.q.trim(), TYPING_MS);
  // A dragged playhead moves 60 times a second.
  const [settled] = useDebouncedValue(at, at === null ? 0 : TYPING_MS);
  return {
    filter,
    site,
    query: {
      site,
      view,
      priority: filter.priorities.join(",") || undefined,
      q: q || undefined,
      asset: filter.asset ?? undefined,
      sort: filter.sort ?? undefined,
      at: at === null ? null : (settled ?? at),
    },
  };
}
