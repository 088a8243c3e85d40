import { useQuery } from "@tanstack/react-query";
import { api, unwrap, noTenant } from "../../api/client";
import type { Backup, BackupPage } from "../../api/types";
import { useAnnounced } from "../../stream";

export type { Backup };

export const INITIAL_LIMIT = 5;
const MAX_LIMIT = 1000;

/** Being taken, or about to be. */
export const isOpen = (backup: Backup): boolean => backup.state === "requested" || backup.state === "running";

/** The newest backups of a slug; those of tenants that had it before are among them. */
export function useBackups(slug: string, all: boolean) {
  const query = { limit: all ? MAX_LIMIT : INITIAL_LIMIT };
  const announced = useAnnounced("tenants", null);
  return useQuery<BackupPage>({
    queryKey: ["tenants", "backups", slug, query.limit],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tenants/{slug}/backups", { ...noTenant, params: { path: { slug }, query }, signal })),
    placeholderData: (before) => before,
    // That an archive has been lost is noticed when the list is read; nothing announces it.
    refetchInterval: (found) => (found.state.data?.results.some(isOpen) ? announced(1000) : 10_000),
  });
}

export const takeBackup = (slug: string) =>
  unwrap(api.POST("/api/v1/tenants/{slug}/backups", { ...noTenant, params: { path: { slug } } }));
export const cancelBackup = ({ slug, id }: Backup) =>
  unwrap(api.POST("/api/v1/tenants/{slug}/backups/{id}/cancel", { ...noTenant, params: { path: { slug, id } } }));
export const deleteBackup = ({ slug, id }: Backup) =>
  unwrap(api.DELETE("/api/v1/tenants/{slug}/backups/{id}", { ...noTenant, params: { path: { slug, id } } }));
