import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { tenantOfPath } from "../api/client";
import { useNow } from "../moment";
import { useAnnounced } from "../stream";
import { PAGE, readAllAlarms, readJournal, readMoreJournal } from "./api";
import { occurrencesOf } from "./occurrences";
import type { Occurrence } from "./occurrences";

const MAX_PAGES = 5;
const NONE: readonly Occurrence[] = [];
/** A span that moves with the clock is read again only after this share of it. */
const SHARE = 40;

async function readTransitions(site: string, start: number, end: number, signal: AbortSignal) {
  const pages = [await readJournal({ site, from: start, to: end, limit: PAGE }, signal)];
  for (let next = pages[0]!.next; next && pages.length < MAX_PAGES; next = pages.at(-1)!.next)
    pages.push(await readMoreJournal(next, signal));
  return { transitions: pages.flatMap((page) => page.transitions), complete: !pages.at(-1)!.next };
}

/** Both are awaited together: if they are aborted, neither fails unheard. */
export async function readSpan(site: string, start: number, end: number, signal: AbortSignal) {
  const [list, journal] = await Promise.all([
    readAllAlarms({ site, view: "all", at: start }, signal),
    readTransitions(site, start, end, signal),
  ]);
  return { occurrences: occurrencesOf(list.alarms, journal.transitions), complete: journal.complete };
}

export interface Occurrences {
  occurrences: readonly Occurrence[];
  /** Not where there are too many transitions: the oldest are missing then. */
  complete: boolean;
  error: unknown;
}

/** The alarms of a span, each with when it was active. */
export function useOccurrences(site: string | undefined, start: number, end: number): Occurrences {
  const tenant = tenantOfPath();
  const every = useAnnounced("alarms", tenant);
  const now = useNow();
  const coarse = Math.max(10_000, Math.round((end - start) / SHARE));
  const to = Math.ceil(end / coarse) * coarse;
  const from = Math.floor(start / coarse) * coarse;
  const { data, error } = useQuery({
    queryKey: [tenant, "alarms", "span", site, from, to],
    queryFn: ({ signal }) => readSpan(site!, from, to, signal),
    enabled: site !== undefined && end > start,
    placeholderData: keepPreviousData,
    refetchInterval: to > now ? every(15_000) : false,
    staleTime: 30_000,
    retry: false,
  });
  return useMemo(
    () => ({ occurrences: data?.occurrences ?? NONE, complete: data?.complete ?? true, error }),
    [data, error],
  );
}
