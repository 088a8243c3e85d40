import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import type { Flow, SeriesGrowth } from "../../api/types";
import { useAnnounced } from "../../stream";
import { useTenant } from "../../tenant";

export type Span = "15m" | "1d" | "30d";

export const SPAN_MS: Record<Span, number> = { "15m": 900_000, "1d": 86_400_000, "30d": 30 * 86_400_000 };
const POLL_INTERVAL_MS: Record<Span, number> = { "15m": 2_000, "1d": 60_000, "30d": 60_000 };

export function useFlow(span: Span) {
  const tenant = useTenant()!;
  useAnnounced("sources", tenant.slug);
  return useQuery<Flow>({
    queryKey: [tenant.slug, "flow", span],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/flow", { params: { query: { span } }, signal })),
    refetchInterval: POLL_INTERVAL_MS[span],
  });
}

export function useSeriesGrowth() {
  const tenant = useTenant()!;
  return useQuery<SeriesGrowth>({
    queryKey: [tenant.slug, "series"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/series", { signal })),
    refetchInterval: 60_000,
  });
}

export function useLadder() {
  const tenant = useTenant()!;
  return useQuery({
    queryKey: [tenant.slug, "ladder"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/ladder", { signal })),
    refetchInterval: 5_000,
  });
}
