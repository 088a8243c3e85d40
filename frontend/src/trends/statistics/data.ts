import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap, tenantOfPath } from "../../api/client";
import type { Sensor, Statistics } from "../../api/types";
import { stateName } from "../../format";
import { POLL_INTERVAL_MS } from "../data";
import type { Span } from "../range";
import { texts } from "../texts";

/** One sensor's statistics in a range; `percentiles` such as "5,50,95" make the server read every sample. */
export const statisticsQuery = (sensor: Sensor, { start, end }: Span, percentiles = "") =>
  queryOptions({
    queryKey: [tenantOfPath(), "statistics", sensor.id, start, end, percentiles],
    queryFn: ({ signal }) => {
      const query = { start: String(start), end: String(end), ...(percentiles && { percentiles }) };
      return unwrap(api.GET("/api/v1/sensors/{id}/statistics", { params: { path: { id: sensor.id }, query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.complete === false ? POLL_INTERVAL_MS : false),
    staleTime: (query) => (query.state.data?.complete === false ? 0 : 60_000),
    gcTime: 120_000,
  });

const MAX_PERCENTILES = 20;

/** "5, 50 95" as the server takes it, or null if it is not a list of numbers from 0 to 100. */
export function readPercentiles(text: string): string | null {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const fits = parts.every((part) => /^\d+(\.\d+)?$/.test(part) && Number(part) <= 100);
  return fits && parts.length > 0 && parts.length <= MAX_PERCENTILES ? [...new Set(parts)].join(",") : null;
}

export interface Held {
  name: string;
  ms: number;
  /** Of the whole range, 0 to 1. */
  share: number;
}

export const UNKNOWN = texts.unknown;

/** Time in each state by name, longest first, then the unknown time; null if there are too many states to count. */
export function heldStates({ states, unknown }: Pick<Statistics, "states" | "unknown">, sensor: Sensor): Held[] | null {
  if (!states) return states === null ? null : [];
  const byName = new Map<string, number>();
  for (const [state, ms] of Object.entries(states)) {
    const name = stateName(sensor.kind === "discrete" ? Number(state) : state, sensor.states);
    byName.set(name, (byName.get(name) ?? 0) + ms);
  }
  const total = [...byName.values()].reduce((sum, ms) => sum + ms, unknown ?? 0);
  const part = (name: string, ms: number) => ({ name, ms, share: ms / total });
  const known = [...byName].map(([name, ms]) => part(name, ms)).sort((a, b) => b.ms - a.ms);
  return unknown ? [...known, part(UNKNOWN, unknown)] : known;
}

/** The percentiles of a response, ascending. */
export const percentilesOf = ({ percentiles }: Pick<Statistics, "percentiles">): [string, number][] =>
  Object.entries(percentiles ?? {}).sort(([a], [b]) => Number(a) - Number(b));
