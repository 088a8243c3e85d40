import { queryOptions } from "@tanstack/react-query";
import { all, api, tenantOfPath, unwrap } from "./client";

export const runDefinitionsKey = (site: string) => [tenantOfPath(), "run-definitions", site];

/** The runs of a definition, in any range. */
export const runsKey = (id: string) => [tenantOfPath(), "runs", id];

/** What defines runs in a site, by name. */
export const runDefinitionsQuery = (site: string) =>
  queryOptions({
    queryKey: runDefinitionsKey(site),
    queryFn: ({ signal }) => all("/api/v1/run-definitions", { site }, signal),
    staleTime: 60_000,
  });

/** Marks a run by hand. */
export const markRun = (id: string, body: { start: number; end: number; note: string }) =>
  unwrap(api.POST("/api/v1/run-definitions/{id}/marks", { params: { path: { id } }, body }));
