import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, unwrap, tenantOfPath } from "../api/client";
import { covers } from "../series/view";
import type { Trace } from "./lanes";

const SETTLED_MS = 250;

/**
 * The exact values at a moment, once the cursor rests there: of a downsampled line, the last point shown
 * may not be the last sample. `outside`: also where the moment is outside of what was read of a series.
 */
export function useExact(traces: Trace[], at: number, outside = false) {
  const [rested, setRested] = useState(at);
  useEffect(() => {
    const timer = setTimeout(() => setRested(at), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [at]);
  const ids = traces
    .filter(({ series }) => {
      if (!series || series.method === "inc") return false;
      if (outside && !covers(series, at)) return true;
      return series.method !== "band" && series.resolution_ms > 0;
    })
    .map(({ sensor }) => sensor.id)
    .join();
  const exact = useQuery({
    queryKey: [tenantOfPath(), "exact", ids, rested],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/values", { params: { query: { sensors: ids, at: String(Math.round(rested)) } }, signal }),
      ),
    enabled: ids !== "" && rested === at,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
  const here = rested === at ? exact.data?.values : undefined;
  return new Map(here?.map((each) => [each.sensor, each]));
}
