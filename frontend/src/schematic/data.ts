import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, bytes, get, tenantOfPath } from "../api/client";
import type { AsOf, Result, Values } from "../api/types";
import { registerSymbols } from "./core/library";
import type { SymbolInfo } from "./core/library";
import { decodePlayback } from "./core/playback";
import type { SparkSeries } from "../series/spark";
import { liveStream, useStreamedVersion, useWant } from "../stream";
import { overlaid } from "../values/overlay";
import type { FrameResult, PlaybackData, Schematic, SchematicVersion, VersionInfo } from "./core/types";
import type { TimeWindow } from "./core/window";

const LIVE_MS = 2000;

export function useSchematics(site: string | undefined) {
  const tenant = tenantOfPath();
  return useQuery({
    queryKey: [tenant, "schematics", site],
    queryFn: ({ signal }) => all("/api/v1/schematics", { site }, signal),
    enabled: site !== undefined,
    staleTime: 30_000,
  });
}

/** My drafts of schematics that do not exist yet. */
export function useUnpublished(site: string | undefined, enabled: boolean) {
  const query = useQuery({
    queryKey: [tenantOfPath(), "my drafts", site],
    queryFn: ({ signal }) => get<Result<"drafts_list">>("/api/v1/schematics/drafts", { site }, signal),
    enabled: enabled && site !== undefined,
    staleTime: 0,
  });
  return query.data?.results.filter((draft) => draft.new) ?? [];
}

/** The version valid at a moment, of those listed; undefined before the first. */
export function versionAt(versions: readonly VersionInfo[], at: number): VersionInfo | undefined {
  let found: VersionInfo | undefined;
  for (const version of versions) {
    if (version.valid_from > at) continue;
    const later = !found || version.valid_from > found.valid_from;
    if (later || (version.valid_from === found?.valid_from && version.version > found.version)) found = version;
  }
  return found;
}

let early: { id: string; drawn: Promise<SchematicVersion | undefined> } | undefined;

/** Begins to read the drawing that the address names, before the lists have arrived that say which version it is. */
export function readEarly(client: QueryClient, id: string, at: number | null): void {
  if (early?.id === id || client.getQueriesData({ queryKey: [tenantOfPath(), "schematics"] }).length > 0) return;
  early = { id, drawn: get<SchematicVersion>(`/api/v1/schematics/${id}`, { at }).catch(() => undefined) };
}

async function readDrawing(id: string, version: VersionInfo, revision: number, signal: AbortSignal) {
  const begun = early?.id === id ? await early.drawn : undefined;
  early = undefined;
  if (begun?.version.version === version.version && begun.revision === revision) return begun;
  return get<SchematicVersion>(`/api/v1/schematics/${id}`, { at: version.valid_from }, signal);
}

const drawingQuery = (id: string, version: VersionInfo, revision: number) => ({
  queryKey: [tenantOfPath(), "drawing", id, version.version, revision],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const drawn = await readDrawing(id, version, revision, signal);
    registerSymbols(drawn.symbols as Record<string, SymbolInfo> | undefined);
    return drawn;
  },
  staleTime: Infinity,
});

/** The drawing of one version; while it loads, the previous one stays. `ahead`: versions to prefetch for scrubbing. */
export function useDrawing(schematic: Schematic | undefined, version: VersionInfo | undefined, ahead: VersionInfo[]) {
  const wanted = version && schematic ? drawingQuery(schematic.id, version, schematic.revision) : undefined;
  useQueries({ queries: schematic ? ahead.map((each) => drawingQuery(schematic.id, each, schematic.revision)) : [] });
  return useQuery({
    ...(wanted ?? { queryKey: ["no drawing"], queryFn: () => Promise.reject(new Error()) }),
    enabled: wanted !== undefined,
    placeholderData: (old: SchematicVersion | undefined) => (old?.id === schematic?.id ? old : undefined),
  });
}

/** Every bound value at a moment; with null live values, refreshed every two seconds unless they come by the stream. */
export function useFrame(id: string | undefined, at: number | null, streamed = false) {
  return useQuery({
    queryKey: [tenantOfPath(), "frame", id, at],
    queryFn: ({ signal }) => readFrame(id!, at, signal),
    enabled: id !== undefined,
    refetchInterval: at === null && !streamed ? LIVE_MS : false,
    staleTime: at === null ? 0 : 60_000,
    gcTime: at === null ? 0 : 60_000,
  });
}

export const readFrame = (id: string, at: number | null, signal?: AbortSignal): Promise<FrameResult> =>
  get<FrameResult>(`/api/v1/schematics/${id}/frame`, { at, drawing: false }, signal);

export async function readPlayback(id: string, window: TimeWindow, frames: number): Promise<PlaybackData> {
  const query = { ...window, frames, format: "binary" };
  return decodePlayback(await bytes(`/api/v1/schematics/${id}/playback`, query));
}

/** A sensor over a window, for a sparkline; the previous one stays until the new one has arrived. */
export function useTrend(sensor: string | undefined, window: TimeWindow, points: number, keep = true) {
  return useQuery({
    queryKey: [tenantOfPath(), "spark", sensor, window.start, window.end, points],
    queryFn: ({ signal }) => get<SparkSeries>(`/api/v1/sensors/${sensor!}/samples`, { ...window, points }, signal),
    enabled: sensor !== undefined,
    staleTime: 60_000,
    placeholderData: keep ? keepPreviousData : undefined,
  });
}

/** Values of sensors that are not on the drawing, once the moment rests. */
export function useOwnValues(sensors: string[], at: number | null): ReadonlyMap<string, AsOf> {
  const tenant = tenantOfPath();
  const streamed = useWant(at === null && tenant !== undefined ? { tenant, sensors } : null);
  const version = useStreamedVersion(at === null);
  const query = useQuery({
    queryKey: [tenantOfPath(), "own values", sensors.join(","), at],
    queryFn: ({ signal }) => get<Values>("/api/v1/values", { sensors: sensors.join(","), at }, signal),
    enabled: sensors.length > 0,
    refetchInterval: at === null && !streamed ? LIVE_MS : false,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    const bySensor = new Map(query.data?.values.map((value) => [value.sensor, value]));
    if (at !== null || !query.data) return bySensor;
    return overlaid({ ...query.data, bySensor }, liveStream.value, liveStream.now()).bySensor;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the stream's values
  }, [query.data, at, version]);
}
