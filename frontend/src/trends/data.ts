import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Sensor } from "../api/types";
import { api, unwrap, tenantOfPath } from "../api/client";
import { isNoisy } from "../series/view";
import type { SeriesView } from "../series/view";
import { barsOf } from "./range";
import type { Span } from "./range";
import type { Mode } from "./state";

const NONE: Sensor[] = [];
export const POINTS = 1000;
/** About three pixels per bucket: wider ones would hide detail, narrower ones would make the mean noisy. */
const BAND_POINTS = 250;
/** Delay before checking again whether late samples have been processed. */
export const POLL_INTERVAL_MS = 4000;

async function load(sensors: string[], span: Span, method: "auto" | "band", points: number, signal?: AbortSignal) {
  if (sensors.length === 0) return [];
  const body = { sensors, start: span.start, end: span.end, points, method };
  const response = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
  // openapi-fetch reads pairs as arrays of any length.
  return response.results as SeriesView[];
}

export interface Shown {
  span: Span;
  series: Map<string, SeriesView>;
  /** From request to response, as a person experiences it. */
  took: number;
  /** How much earlier (ms) the samples are than `span`, whose times the series have. */
  shift: number;
}

/** A series of an earlier range at the times of a later one. */
export function moved(series: SeriesView, by: number): SeriesView {
  if (by === 0) return series;
  return {
    ...series,
    start: series.start + by,
    end: series.end + by,
    t: series.t.map((t) => t + by),
    gaps: series.gaps.map(([from, to]) => [from + by, to + by]),
  } as SeriesView;
}

/** Continuous signals in the requested mode; in automatic mode, noisy ones are requested again as bands. */
async function lines(sensors: string[], span: Span, mode: Mode, signal: AbortSignal): Promise<SeriesView[]> {
  if (mode === "band") return load(sensors, span, "band", BAND_POINTS, signal);
  const found = await load(sensors, span, "auto", POINTS, signal);
  if (mode === "line") return found;
  const noisy = found.filter(isNoisy).map((series) => series.sensor);
  const bands = await load(noisy, span, "band", BAND_POINTS, signal);
  return [...found.filter((series) => !noisy.includes(series.sensor)), ...bands];
}

async function read(sensors: Sensor[], of: Span, mode: Mode, shift: number, signal: AbortSignal): Promise<Shown> {
  const span = { start: of.start - shift, end: of.end - shift };
  const began = performance.now();
  const bandable = sensors.filter((sensor) => sensor.kind === "continuous").map((sensor) => sensor.id);
  const counters = sensors.filter((sensor) => sensor.kind === "counter").map((sensor) => sensor.id);
  const others = sensors
    .filter((sensor) => sensor.kind === "discrete" || sensor.kind === "text")
    .map((each) => each.id);
  const bars = barsOf(span);
  const found = await Promise.all([
    lines(bandable, span, mode, signal),
    load(others, span, "auto", POINTS, signal),
    load(counters, bars, "auto", Math.max(2, bars.count), signal),
  ]);
  const series = new Map(found.flat().map((each) => [each.sensor, moved(each, shift)]));
  return { span: of, series, took: performance.now() - began, shift };
}

const isBehind = (shown: Shown | undefined) => [...(shown?.series.values() ?? [])].some((each) => !each.complete);

/** The series of the chosen sensors; while a new range loads, the previous ones stay. */
export function useTrendData(sensors: Sensor[], span: Span, mode: Mode, shift = 0) {
  const ids = sensors.map((sensor) => sensor.id);
  return useQuery({
    queryKey: [tenantOfPath(), "trend", ids, span.start, span.end, mode, shift],
    queryFn: ({ signal }) => read(sensors, span, mode, shift, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (isBehind(query.state.data) ? POLL_INTERVAL_MS : false),
    staleTime: 60_000,
    gcTime: 120_000,
  });
}

/** The same sensors a shift earlier; without a shift nothing is read. Those of another shift are not shown meanwhile. */
export function useEarlierData(sensors: Sensor[], span: Span, mode: Mode, shift: number | null) {
  const found = useTrendData(shift === null ? NONE : sensors, span, mode, shift ?? 0);
  const data = shift !== null && found.data?.shift === shift ? found.data : undefined;
  return { ...found, data };
}

/** The overview strip: one sensor, coarsely. If it cannot be read, the strip is only a brush. */
export function useOverview(sensor: Sensor | undefined, span: Span) {
  return useQuery({
    queryKey: [tenantOfPath(), "overview", sensor?.id, span.start, span.end],
    queryFn: async ({ signal }) => (await load([sensor!.id], span, "auto", 400, signal))[0] ?? null,
    enabled: sensor !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    retry: false,
  });
}
