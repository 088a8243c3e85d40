import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, api, tenantOfPath, unwrap } from "../../api/client";
import type { Body, Result } from "../../api/types";
import type { Period } from "../core/periods";

export type Bookmark = Result<"bookmarksList">["results"][number];
export type NewBookmark = Body<"bookmarkCreate">;

const key = (site: string | undefined) => [tenantOfPath(), "bookmarks", site];
const NONE: Bookmark[] = [];

/** Shared bookmarks of a site and one's own, by time. */
export function useBookmarks(site: string | undefined): Bookmark[] {
  const { data } = useQuery({
    queryKey: key(site),
    queryFn: ({ signal }) => all("/api/v1/bookmarks", { site }, signal),
    enabled: site !== undefined,
    staleTime: 30_000,
  });
  return data ?? NONE;
}

/** Those that have an end. */
export const usePeriods = (bookmarks: readonly Bookmark[]): Period[] =>
  useMemo(
    () => bookmarks.flatMap(({ id, name, start, end }) => (end === null ? [] : [{ id, name, start, end }])),
    [bookmarks],
  );

export function useKeep(site: string, done: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (bookmark: Omit<NewBookmark, "site">) =>
      unwrap(api.POST("/api/v1/bookmarks", { body: { ...bookmark, site } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: key(site) });
      done();
    },
  });
}

export function useForget(site: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/bookmarks/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: key(site) }),
  });
}
