import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { tenantOfPath } from "../api/client";
import { useAnnounced } from "../stream";
import { act, joined, MAX_PAGES, PAGE, readAlarms, readAllAlarms, readJournal, readMoreAlarms } from "./api";
import type { Action, ActionFields, AlarmQuery, JournalQuery } from "./api";

/** Without announcements. */
const POLL_MS = 5_000;

/** The list now, or as it was at `query.at`; it stays while another one is read, and is read again until complete. */
export function useAlarms(query: AlarmQuery, enabled = true) {
  const tenant = tenantOfPath();
  const every = useAnnounced("alarms", tenant);
  const live = query.at === null || query.at === undefined;
  return useQuery({
    queryKey: [tenant, "alarms", query],
    queryFn: ({ signal }) => readAlarms(query, signal),
    enabled: enabled && tenant !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (live ? every(POLL_MS) : query.state.data?.complete === false && POLL_MS),
    staleTime: live ? 2_000 : 60_000,
  });
}

/** The whole list: its first page at once, the others as they come. */
export function useAlarmList(query: AlarmQuery, enabled = true) {
  const tenant = tenantOfPath();
  const every = useAnnounced("alarms", tenant);
  const live = query.at === null || query.at === undefined;
  const list = useInfiniteQuery({
    queryKey: [tenant, "alarms", "list", query],
    queryFn: ({ pageParam, signal }) =>
      pageParam === null ? readAlarms({ ...query, limit: PAGE }, signal) : readMoreAlarms(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last, pages) => (pages.length < MAX_PAGES ? last.next : null),
    enabled: enabled && tenant !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (live ? every(POLL_MS) : query.state.data?.pages[0]?.complete === false && POLL_MS),
    staleTime: live ? 2_000 : 60_000,
  });
  const { hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, isFetching, isPlaceholderData, fetchNextPage]);
  const pages = list.data?.pages;
  const data = useMemo(() => pages && joined(pages), [pages]);
  return { data, isError: list.isError, isPending: list.isPending, error: list.error, refetch: list.refetch };
}

/** Every alarm that is not plainly normal, read once. */
export function useAllAlarms(site: string | undefined, at: number | null, enabled: boolean) {
  const tenant = tenantOfPath();
  return useQuery({
    queryKey: [tenant, "alarms", "all", site, at],
    queryFn: ({ signal }) => readAllAlarms({ site, view: "all", at }, signal),
    enabled: enabled && site !== undefined,
    staleTime: 5_000,
  });
}

/** The journal of a span, newest first. */
export function useJournal(query: JournalQuery, enabled = true) {
  const tenant = tenantOfPath();
  useAnnounced("alarms", tenant);
  return useQuery({
    queryKey: [tenant, "journal", query],
    queryFn: ({ signal }) => readJournal(query, signal),
    enabled: enabled && tenant !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

interface Wanted {
  action: Action;
  keys: readonly string[];
  fields?: ActionFields;
}

/** An action of a person on alarms; afterwards all lists are read again. */
export function useAct() {
  const client = useQueryClient();
  const tenant = tenantOfPath();
  return useMutation({
    mutationFn: ({ action, keys, fields = {} }: Wanted) => act(action, keys, fields),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [tenant, "alarms"] });
      void client.invalidateQueries({ queryKey: [tenant, "journal"] });
    },
  });
}

/** How many alarms of a site there are in each state, now or at a moment. */
export function useAlarmCounts(site: string | undefined, at: number | null = null) {
  return useAlarms({ site, view: "active", at, limit: 1 }, site !== undefined).data?.counts;
}
