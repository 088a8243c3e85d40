import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, tenantOfPath, unwrap } from "../api/client";
import { useParam } from "../moment";
import { useWant } from "../stream";
import { readFilter } from "./filter";
import type { EventFilter } from "./filter";

export const MAX_EVENTS = 1000;
/** How many types the server takes in one request. */
const MAX_TYPES = 20;
/** A span that moves with the clock is requested again only after this share of it: less often if news come by stream. */
const POLLED = { share: 200, minMs: 2000 };
const STREAMED = { share: 20, minMs: 60_000 };

/** The types of events that the tenant has; most tenants have none, and nothing more is requested then. */
export function useEventTypes(): string[] {
  const { data } = useQuery({
    queryKey: [tenantOfPath(), "event types"],
    queryFn: async ({ signal }) => {
      const params = { query: { limit: 1000 } };
      const found = await unwrap(api.GET("/api/v1/event-types", { params, signal }));
      return found.results.filter((each) => each.last_arrival !== null).map((each) => each.type);
    },
    staleTime: 60_000,
    retry: false,
  });
  return useMemo(() => data ?? [], [data]);
}

/** The filter in the address. */
export function useEventFilter(): EventFilter {
  const [events] = useParam("events");
  const [device] = useParam("device");
  return useMemo(() => readFilter(events, device), [events, device]);
}

/** The newest events of a span that pass the filter. */
export function useEvents(start: number, end: number) {
  const known = useEventTypes();
  const { types, device } = useEventFilter();
  const wanted = known.length > 0 && types?.length !== 0;
  const announced = useWant({ tenant: tenantOfPath() ?? null, topics: ["events"] });
  const { share, minMs } = announced ? STREAMED : POLLED;
  const coarse = Math.max(minMs, (end - start) / share);
  const to = Math.ceil(end / coarse) * coarse;
  const query = {
    from: String(Math.round(to - (end - start) - coarse)),
    to: String(Math.round(to)),
    limit: MAX_EVENTS,
    ...(types && { type: types.slice(0, MAX_TYPES).join(",") }),
    ...(device && { device }),
  };
  return useQuery({
    queryKey: [tenantOfPath(), "events", query],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/events", { params: { query }, signal })),
    enabled: wanted && end > start,
    placeholderData: wanted ? keepPreviousData : undefined,
    staleTime: 30_000,
    gcTime: 120_000,
    retry: false,
  });
}

const NO_TIMES: readonly number[] = [];

/** When those events happened. */
export function useEventTimes(start: number, end: number): readonly number[] {
  const { data } = useEvents(start, end);
  return useMemo(() => data?.results.map((event) => event.ts) ?? NO_TIMES, [data]);
}
