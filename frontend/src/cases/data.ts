import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { tenantOfPath } from "../api/client";
import { useAnnounced } from "../stream";
import { useTenant } from "../tenant";
import { changeCase, openCase, PAGE, readCase, readCases, readMoreCases, readPeople } from "./api";
import type { CaseQuery } from "./api";
import { contentOf } from "./draft";
import type { Case, CaseWithNotes, Draft } from "./types";

/** Without announcements. */
const POLL_MS = 30_000;

/** How often what is live is read again: other people work, too. */
function useEvery(at: number | null | undefined): number | false {
  const every = useAnnounced("workspace", tenantOfPath());
  return every((at === null || at === undefined) && POLL_MS);
}

/** The first cases that fit. */
export function useCases(query: CaseQuery, enabled = true) {
  const tenant = tenantOfPath();
  return useQuery({
    queryKey: [tenant, "cases", "first", query],
    queryFn: ({ signal }) => readCases(query, signal),
    enabled: enabled && tenant !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: useEvery(query.at),
  });
}

/** The list, page by page. */
export function useCaseList(query: CaseQuery, enabled = true) {
  const tenant = tenantOfPath();
  return useInfiniteQuery({
    queryKey: [tenant, "cases", "list", query],
    queryFn: ({ pageParam, signal }) =>
      pageParam === null ? readCases({ ...query, limit: PAGE }, signal) : readMoreCases(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: enabled && tenant !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: useEvery(query.at),
  });
}

/** One case with its notes, now or as far as it was at a moment. */
export function useCase(id: string | null, at: number | null) {
  const tenant = tenantOfPath();
  return useQuery({
    queryKey: [tenant, "cases", "one", id, at],
    queryFn: ({ signal }) => readCase(id!, at, signal),
    enabled: id !== null,
    refetchInterval: useEvery(at),
    retry: false,
  });
}

/** Whom cases may be assigned to. */
export function usePeople() {
  const tenant = useTenant();
  return useQuery({
    queryKey: [tenant?.slug, "case people"],
    queryFn: ({ signal }) => readPeople(signal),
    enabled: tenant !== undefined && tenant.role !== "viewer",
    staleTime: 60_000,
  }).data;
}

/** Has all cases read again, and what follows from them. */
export function useRefreshCases() {
  const client = useQueryClient();
  return () => {
    for (const part of ["cases", "maintenance plans", "campaigns", "reliability"])
      void client.invalidateQueries({ queryKey: [tenantOfPath(), part] });
  };
}

export interface Change {
  /** As it was read. */
  from: Case;
  changes: Partial<Draft>;
}

/** Changes some members of a case from the revision that was read. */
export function useChangeCase() {
  const client = useQueryClient();
  const onSettled = useRefreshCases();
  return useMutation({
    mutationFn: ({ from, changes }: Change) =>
      changeCase(from.id, { ...contentOf(from), ...changes, revision: from.revision }),
    // The next change is made from this revision, also before the case has been read again.
    onSuccess: (after) =>
      client.setQueryData<CaseWithNotes>([tenantOfPath(), "cases", "one", after.id, null], (known) =>
        known ? { ...known, ...after } : undefined,
      ),
    onSettled,
  });
}

export function useOpenCase() {
  const onSettled = useRefreshCases();
  return useMutation({ mutationFn: openCase, onSettled });
}
