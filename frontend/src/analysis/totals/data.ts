import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import type { Result } from "../../api/types";

export type Totals = Result<"totals">;
export type Period = Totals["results"][number];
export type By = Totals["by"];

export const BY: By[] = ["hour", "day", "week", "month"];
const POLL_INTERVAL_MS = 4000;

export interface Question {
  sensor: string;
  by: By;
  zone: string;
  start: number;
  end: number;
}

export const totalsQuery = ({ sensor, by, zone, start, end }: Question) =>
  queryOptions({
    queryKey: [tenantOfPath(), "totals", sensor, by, zone, start, end],
    queryFn: ({ signal }) => {
      const query = { by, zone, start: String(start), end: String(end) };
      return unwrap(api.GET("/api/v1/sensors/{id}/totals", { params: { path: { id: sensor }, query }, signal }));
    },
    enabled: sensor !== "",
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.complete === false ? POLL_INTERVAL_MS : false),
    staleTime: 60_000,
  });
