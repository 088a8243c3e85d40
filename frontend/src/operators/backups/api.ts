import { useQuery } from "@tanstack/react-query";
import { api, got, outside } from "../../api/client";
import type { Backup, BackupPage } from "../../api/types";

export type { Backup };

export const FEW = 5;
const MOST = 1000;

/** Being taken, or about to be. */
export const isOpen = (backup: Backup): boolean => backup.state === "requested" || backup.state === "running";

/** The newest backups of a slug; those of tenants that had it before are among them. */
export function useBackups(slug: string, all: boolean) {
  const query = { limit: all ? MOST : FEW };
  return useQuery<BackupPage>({
    queryKey: ["tenants", "backups", slug, query.limit],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/tenants/{slug}/backups", { ...outside, params: { path: { slug }, query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: (found) => (found.state.data?.results.some(isOpen) ? 1000 : 10_000),
  });
}

export const takeBackup = (slug: string) =>
  got(api.POST("/api/v1/tenants/{slug}/backups", { ...outside, params: { path: { slug } } }));
export const cancelBackup = ({ slug, id }: Backup) =>
  got(api.POST("/api/v1/tenants/{slug}/backups/{id}/cancel", { ...outside, params: { path: { slug, id } } }));
export const deleteBackup = ({ slug, id }: Backup) =>
  got(api.DELETE("/api/v1/tenants/{slug}/backups/{id}", { ...outside, params: { path: { slug, id } } }));
