import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, tenantOfPath } from "../api/client";
import { untilRead } from "../api/queries";
import type { Area, Asset, Connection, Sensor } from "../api/types";

export interface SiteCatalog {
  areas: Area[];
  assets: Asset[];
  sensors: Sensor[];
  connections: Connection[];
  sensorById: Map<string, Sensor>;
  sensorByTag: Map<string, Sensor>;
  assetById: Map<string, Asset>;
  sensorsOf: Map<string, Sensor[]>;
}

const byTag = (a: { tag: string }, b: { tag: string }) => a.tag.localeCompare(b.tag, "en", { numeric: true });

async function read(site: string, signal: AbortSignal) {
  const query = { site };
  const [areas, assets, sensors, connections] = await Promise.all([
    all("/api/v1/areas", query, signal),
    all("/api/v1/assets", query, signal),
    all("/api/v1/sensors", query, signal),
    all("/api/v1/connections", query, signal),
  ]);
  return { areas, assets: assets.sort(byTag), sensors: sensors.sort(byTag), connections };
}

/** The catalog of one site, with the look-ups that pages need. */
export function useSiteCatalog(site: string | undefined) {
  const tenant = tenantOfPath();
  const query = useQuery({
    queryKey: [tenant, "catalog", site],
    queryFn: ({ signal }) => read(site!, signal),
    enabled: site !== undefined,
    staleTime: 60_000,
    refetchInterval: untilRead,
  });
  const data = query.data;
  const catalog = useMemo<SiteCatalog | undefined>(() => {
    if (!data) return undefined;
    const sensorsOf = new Map<string, Sensor[]>();
    for (const sensor of data.sensors) {
      const key = sensor.asset ?? "";
      const list = sensorsOf.get(key);
      if (list) list.push(sensor);
      else sensorsOf.set(key, [sensor]);
    }
    return {
      ...data,
      sensorById: new Map(data.sensors.map((sensor) => [sensor.id, sensor])),
      sensorByTag: new Map(data.sensors.map((sensor) => [sensor.tag, sensor])),
      assetById: new Map(data.assets.map((asset) => [asset.id, asset])),
      sensorsOf,
    };
  }, [data]);
  return { ...query, catalog };
}
