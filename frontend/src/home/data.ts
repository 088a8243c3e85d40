import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap, tenantOfPath } from "../api/client";
import type { Sensor } from "../api/types";
import { useMoment, useNow } from "../moment";
import type { LineView, SeriesView } from "../series/view";

const DAY = 86_400_000;

/** The last 24 h before the moment, coarsely, refreshed every minute while live. */
export function useLastDay(sensors: Sensor[], points: number) {
  const { at } = useMoment();
  const now = useNow();
  const end = at ?? Math.ceil(now / 60_000) * 60_000;
  const ids = sensors.map((each) => each.id);
  return useQuery({
    queryKey: [tenantOfPath(), "day", ids, end, points],
    queryFn: async ({ signal }) => {
      const body = { sensors: ids, start: end - DAY, end, points, method: "auto" as const };
      const response = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
      return new Map(
        (response.results as SeriesView[]).flatMap((each): [string, LineView][] =>
          each.method === "band" ? [] : [[each.sensor, each]],
        ),
      );
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}
