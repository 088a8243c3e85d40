import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap, noTenant, tenantOfPath } from "../api/client";
import type { Body, Sensor } from "../api/types";

/** What happens to stored samples when the unit changes. */
export type History = "convert" | "relabel";
/** The fields that differ from the sensor as it was read. */
export type SensorChanges = Omit<
  Body<"sensors_update">,
  "id" | "revision" | "site" | "stored_as" | "origin" | "unmapped"
>;

const one = (id: string) => ({ path: { id } });

/** Fetched again for each form: the page's catalog may be older than the latest revision. */
export const sensorQuery = (id: string) =>
  queryOptions({
    queryKey: [tenantOfPath(), "sensor", id],
    // openapi-fetch reads pairs as arrays of any length.
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET("/api/v1/sensors/{id}", { params: one(id), signal }))) as Sensor,
    staleTime: 0,
    gcTime: 0,
    refetchOnReconnect: false,
  });

export const changeSensor = (sensor: Sensor, changes: SensorChanges, history?: History) =>
  unwrap(
    api.PATCH("/api/v1/sensors/{id}", {
      params: { ...one(sensor.id), query: history && { history } },
      body: { ...changes, revision: sensor.revision },
    }),
  );

/** The common units, for suggestions; others are checked by the server. */
export function useUnits(): string[] {
  const units = useQuery({
    queryKey: ["units"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/units", { ...noTenant, signal })),
    staleTime: Infinity,
  });
  return [...new Set(units.data?.results.map((each) => each.unit) ?? [])];
}
