import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, api, page, send, tenantOfPath, unwrap, withQuery } from "../api/client";
import type { Annotation, AnnotationContent } from "../api/types";
import { useAnnounced } from "../stream";
import { endOf } from "./marks";

export const MAX_NOTES = 1000;
export const MAX_FILE_BYTES = 5 << 20;
/** Which notes concern what is on the screen. Null: all of the site. */
export type Targets = ReadonlySet<string> | null;

const POLL_MS = 60_000;

/** The notes of a site that touch a span and are about one of `targets`. */
export function useNotes(site: string | undefined, start: number, end: number, targets: Targets) {
  // A span that moves with the clock is requested again only after a part of it.
  const coarse = Math.max(60_000, (end - start) / 20);
  const to = Math.ceil(end / coarse) * coarse;
  const query = {
    site,
    start: Math.round(to - (end - start) - coarse),
    end: Math.round(to + 1),
    limit: MAX_NOTES,
  };
  const announced = useAnnounced("workspace", tenantOfPath());
  const found = useQuery({
    queryKey: [tenantOfPath(), "annotations", query],
    queryFn: async ({ signal }) => {
      const { results } = await page("/api/v1/annotations", query, undefined, signal);
      return { results, start: query.start, end: query.end };
    },
    enabled: site !== undefined && end > start,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchInterval: announced(POLL_MS),
    retry: false,
  });
  const read = found.data;
  // While the clock moves the span by a part of it, what was read is good enough.
  const loading = !read || read.start > start + coarse || read.end < end - coarse;
  const notes = useMemo(
    () =>
      (read?.results ?? []).filter(
        (note) => note.start < end && endOf(note) >= start && (targets === null || targets.has(note.target)),
      ),
    [read, start, end, targets],
  );
  return { notes, error: found.error, loading };
}

/** Notes of a site that contain the words, whatever their time; nothing without words. */
export function useFoundNotes(site: string | undefined, words: string) {
  return useQuery({
    queryKey: [tenantOfPath(), "annotations", "found", site, words],
    queryFn: async ({ signal }) => {
      const query = { site, q: words, limit: 100 };
      return (await page("/api/v1/annotations", query, undefined, signal)).results;
    },
    enabled: words !== "" && site !== undefined,
    placeholderData: keepPreviousData,
  });
}

export const useSchematicNames = (site: string | undefined) =>
  useQuery({
    queryKey: [tenantOfPath(), "schematics", site],
    queryFn: ({ signal }) => all("/api/v1/schematics", { site }, signal),
    enabled: site !== undefined,
    staleTime: 30_000,
  });

export function useRefreshNotes() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [tenantOfPath(), "annotations"] });
}

/** A new note, or one changed from the revision that was read. */
export function saveNote(content: AnnotationContent, before?: Annotation): Promise<Annotation> {
  if (!before) return unwrap(api.POST("/api/v1/annotations", { body: content }));
  const params = { path: { id: before.id } };
  const body = { ...content, revision: before.revision };
  return unwrap(api.PUT("/api/v1/annotations/{id}", { params, body }));
}

export const readNote = (id: string): Promise<Annotation> =>
  unwrap(api.GET("/api/v1/annotations/{id}", { params: { path: { id } } }));

export const deleteNote = ({ id, revision }: Annotation) =>
  api.DELETE("/api/v1/annotations/{id}", { params: { path: { id }, header: { "If-Match": `"${revision}"` } } });

export async function addFile(id: string, file: File): Promise<Annotation> {
  const address = withQuery(`/api/v1/annotations/${id}/files`, { name: file.name.slice(-120) });
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await send(new Request(new URL(address, location.origin), { method: "POST", headers, body: file }));
  return (await response.json()) as Annotation;
}

export const removeFile = (id: string, file: string) =>
  api.DELETE("/api/v1/annotations/{id}/files/{file}", { params: { path: { id, file } } });

export const fileAddress = (id: string, file: string) =>
  withQuery(`/api/v1/annotations/${id}/files/${file}`, { tenant: tenantOfPath() });
