import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, api, get, tenantOfPath, unwrap } from "../api/client";
import { untilRead } from "../api/queries";
import { isMissing } from "../api/problem";
import type { Dashboard, DashboardContent, DashboardInfo, Sensor } from "../api/types";
import { useSiteCatalog } from "../catalog";
import { useWithCalculated } from "../catalog/calculated";
import { useAnnounced } from "../stream";
import { useSite } from "../tenant";

const POLL_MS = 60_000;

export function useDashboards() {
  const announced = useAnnounced("workspace", tenantOfPath());
  return useQuery({
    queryKey: [tenantOfPath(), "dashboards", "list"],
    queryFn: ({ signal }) => all("/api/v1/dashboards", {}, signal),
    staleTime: 30_000,
    refetchInterval: announced(POLL_MS),
  });
}

/** Read again when it changes, and every minute, as a screen on a wall stays open for weeks. */
export function useDashboard(id: string | undefined, poll: boolean) {
  const announced = useAnnounced("workspace", tenantOfPath());
  return useQuery({
    queryKey: [tenantOfPath(), "dashboards", "one", id],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/dashboards/{id}", { params: { path: { id: id! } }, signal })),
    enabled: id !== undefined,
    staleTime: 10_000,
    refetchInterval: announced(poll && POLL_MS),
    refetchOnWindowFocus: poll,
  });
}

export function useRefreshDashboards() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [tenantOfPath(), "dashboards"] });
}

export const contentOf = ({ name, tiles, range, shared, default: isDefault }: Dashboard): DashboardContent => ({
  name,
  tiles,
  range,
  shared,
  default: isDefault,
});

export const createDashboard = (body: DashboardContent) => unwrap(api.POST("/api/v1/dashboards", { body }));

export const saveDashboard = (id: string, content: DashboardContent, revision: number) =>
  unwrap(api.PUT("/api/v1/dashboards/{id}", { params: { path: { id } }, body: { ...content, revision } }));

export const deleteDashboard = (id: string) => api.DELETE("/api/v1/dashboards/{id}", { params: { path: { id } } });

/** The one to open first: one's own default before the shared one, then the first. */
export const firstOf = (list: readonly DashboardInfo[]): DashboardInfo | undefined =>
  list.find((each) => each.default && !each.shared) ?? list.find((each) => each.default) ?? list[0];

interface Sensors {
  known: Map<string, Sensor>;
  /** `known` has all that exist. */
  ready: boolean;
  /** Why some cannot be read now; they are read again after a while. */
  error: unknown;
  retry: () => void;
}

/** Sensors by id, whatever their site. Those that are gone are missing. */
export function useSensors(ids: readonly string[]): Sensors {
  const site = useSite()?.id;
  const own = useSiteCatalog(site);
  const catalog = useWithCalculated(own.catalog, site);
  const elsewhere = catalog ? ids.filter((id) => !catalog.sensorById.has(id)) : [];
  const found = useQueries({
    queries: elsewhere.map((id) => ({
      queryKey: [tenantOfPath(), "sensor", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<Sensor>(`/api/v1/sensors/${id}`, {}, signal),
      staleTime: 300_000,
      retry: false,
      refetchInterval: untilRead,
    })),
    combine: (results) => ({
      sensors: results.flatMap(({ data }) => data ?? []),
      pending: results.some(({ isPending }) => isPending),
      failed: results.filter(({ data, error }) => data === undefined && error !== null && !isMissing(error)),
    }),
  });
  const key = ids.join();
  const known = useMemo(() => {
    const map = new Map(found.sensors.map((sensor) => [sensor.id, sensor]));
    for (const id of key.split(",")) {
      const sensor = catalog?.sensorById.get(id);
      if (sensor) map.set(id, sensor);
    }
    return map;
  }, [key, catalog, found.sensors]);
  const error = found.failed[0]?.error ?? (catalog ? null : own.error);
  const retry = () => {
    if (!catalog) void own.refetch();
    for (const each of found.failed) void each.refetch();
  };
  return { known, ready: catalog !== undefined && !found.pending && error === null, error, retry };
}
