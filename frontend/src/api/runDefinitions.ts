import { queryOptions } from "@tanstack/react-query";
import { all, tenantOfPath } from "./client";

export const runDefinitionsKey = (site: string) => [tenantOfPath(), "run-definitions", site];

/** What defines runs in a site, by name. */
export const runDefinitionsQuery = (site: string) =>
  queryOptions({
    queryKey: runDefinitionsKey(site),
    queryFn: ({ signal }) => all("/api/v1/run-definitions", { site }, signal),
    staleTime: 60_000,
  });
