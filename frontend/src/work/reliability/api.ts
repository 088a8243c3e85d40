import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, tenantOfPath, withQuery } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Reliability = Schemas["Reliability"];
export type Figures = Omit<Reliability["months"][number], "start" | "end">;
export type Month = Reliability["months"][number];
export type Row = Reliability["rows"][number];
export type Verdict = Reliability["trend"]["verdict"];

export interface ReliabilityQuery {
  asset?: string | undefined;
  type?: string | undefined;
  site?: string | undefined;
  from: number;
  to: number;
}

const STEP_MS = 60_000;

/** The figures as a file. */
export const exportAddress = (query: ReliabilityQuery) =>
  withQuery("/api/v1/reliability", { ...query, format: "csv", tenant: tenantOfPath() });

/** The figures of the `span` before the moment. */
export function useReliability(query: Omit<ReliabilityQuery, "from" | "to">, end: number, span: number, live: boolean) {
  const to = Math.floor(end / STEP_MS) * STEP_MS;
  const wanted = { ...query, from: to - span, to };
  return useQuery({
    queryKey: [tenantOfPath(), "reliability", query, span, live ? "now" : to],
    queryFn: ({ signal }) => get<Reliability>("/api/v1/reliability", { ...wanted }, signal),
    placeholderData: keepPreviousData,
    staleTime: STEP_MS,
    retry: false,
  });
}
