import { useQueries } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import { useEventFilter, useEvents } from "../../events";
import type { Span } from "../range";

const MAX_TYPES = 5;

export interface PreviousEvent {
  type: string;
  /** The first event of this type in view. */
  t: number;
  /** The one before it; null if there is none. */
  previous: number | null;
}

/** For each type with an event in view, the first one and the one before it: the start of a batch, and of the last one. */
export function usePreviousEvents(view: Span, enabled: boolean): PreviousEvent[] {
  const { device } = useEventFilter();
  const shown = useEvents(view.start, view.end).data?.results ?? [];
  const first = new Map<string, number>();
  for (const { type, ts } of shown) {
    if (ts >= view.start && ts < view.end) first.set(type, Math.min(ts, first.get(type) ?? Infinity));
  }
  const types = [...first].slice(0, MAX_TYPES);
  const found = useQueries({
    queries: types.map(([type, t]) => ({
      queryKey: [tenantOfPath(), "previous event", type, device, t],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { type, to: String(t), limit: 1, ...(device && { device }) };
        const page = await unwrap(api.GET("/api/v1/events", { params: { query }, signal }));
        return page.results[0]?.ts ?? null;
      },
      enabled,
      staleTime: 60_000,
      retry: false,
    })),
  });
  return types.flatMap(([type, t], index) => {
    const previous = found[index]?.data;
    return previous === undefined ? [] : [{ type, t, previous }];
  });
}
