import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { all, tenantOfPath } from "../api/client";
import type { Calculated, Sensor } from "../api/types";
import type { SiteCatalog } from ".";

/** Ids of calculated series (`platform/kernel/ids.py`); of kinds of two letters, ids are longer. */
const CALCULATED_ID = /^f[a-km-np-z2-9]{10}$/;

/** Whether it is a calculated series, which is read like a sensor, and has no samples of its own. */
export const isCalculated = ({ id }: Pick<Sensor, "id">): boolean => CALCULATED_ID.test(id);

export const calculatedKey = (site: string | undefined) => [tenantOfPath(), "calculated", site];

/** The calculated series of a site. */
export function useCalculated(site: string | undefined) {
  return useQuery({
    queryKey: calculatedKey(site),
    queryFn: ({ signal }) => all("/api/v1/calculated", { site: site! }, signal),
    enabled: site !== undefined,
    staleTime: 60_000,
  });
}

/** A calculated series as a sensor. */
export function asSensor({ id, site, name, unit, description, expression, revision }: Calculated): Sensor {
  return {
    id,
    site,
    tag: name,
    name: description || expression,
    asset: null,
    unit,
    kind: "continuous",
    states: {},
    range: null,
    trusted: true,
    interval_s: null,
    rollover: null,
    tolerance: 0,
    sampling: "on_change",
    stored_as: null,
    unmapped: false,
    origin: null,
    description: expression,
    revision,
  };
}

/** The catalog with the site's calculated series among its sensors; until they are known, without. */
export function useWithCalculated(catalog: SiteCatalog | undefined, site: string | undefined): SiteCatalog | undefined {
  const series = useCalculated(site).data;
  return useMemo(() => {
    if (!catalog || !series || series.length === 0) return catalog;
    const sensors = [...catalog.sensors, ...series.map(asSensor)];
    return {
      ...catalog,
      sensors,
      sensorById: new Map(sensors.map((sensor) => [sensor.id, sensor])),
      // A sensor's tag comes before a series of the same name.
      sensorByTag: new Map([...sensors].reverse().map((sensor) => [sensor.tag, sensor])),
    };
  }, [catalog, series]);
}
