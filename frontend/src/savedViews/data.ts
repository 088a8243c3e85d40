import { useQuery, useQueryClient } from "@tanstack/react-query";
import { all, api, tenantOfPath, unwrap } from "../api/client";
import { untilRead } from "../api/queries";
import type { SavedView, ViewContent } from "../api/types";
import { useAnnounced } from "../stream";

/** The site's shared views and one's own; of all sites without one. */
export function useSavedViews(site: string | undefined) {
  useAnnounced("workspace", tenantOfPath());
  return useQuery({
    queryKey: [tenantOfPath(), "saved views", site],
    queryFn: ({ signal }) => all("/api/v1/saved-views", { site }, signal),
    staleTime: 30_000,
    retry: false,
    refetchInterval: untilRead,
  });
}

export function useRefreshViews() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [tenantOfPath(), "saved views"] });
}

/** A new view, or one changed from the revision that was read. */
export function saveView(content: ViewContent, before?: SavedView): Promise<SavedView> {
  if (!before) return unwrap(api.POST("/api/v1/saved-views", { body: content }));
  const body = { ...content, revision: before.revision };
  return unwrap(api.PUT("/api/v1/saved-views/{id}", { params: { path: { id: before.id } }, body }));
}

export const deleteView = ({ id, revision }: SavedView) =>
  api.DELETE("/api/v1/saved-views/{id}", { params: { path: { id }, header: { "If-Match": `"${revision}"` } } });

/** The one that trends open with: one's own default before the shared one. */
export const defaultOf = (views: readonly SavedView[]): SavedView | undefined =>
  views.find((view) => view.default && !view.shared) ?? views.find((view) => view.default);
