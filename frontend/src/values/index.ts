import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api, unwrap, tenantOfPath } from "../api/client";
import { untilRead } from "../api/queries";
import type { AsOf } from "../api/types";
import { useMoment } from "../moment";
import { liveStream, useStreamedVersion, useWant } from "../stream";
import { overlaid } from "./overlay";
import type { ReadValues } from "./overlay";

const LIVE_MS = 2000;
const REFRESH_MS = 10_000;

const known = new Map<string | undefined, { catalog: string; since: number }>();

/** Values read with an older catalog are read again, so that a changed unit and the values in it appear together. */
function refreshOnChange(client: QueryClient, tenant: string | undefined, catalog: string) {
  const before = known.get(tenant);
  if (before?.catalog === catalog || Date.now() - (before?.since ?? 0) < REFRESH_MS) return;
  known.set(tenant, { catalog, since: before ? Date.now() : 0 });
  if (!before) return;
  void client.invalidateQueries({ predicate: ({ queryKey: [of, what] }) => of === tenant && what !== "values" });
}

/**
 * As-of values at the application's moment: of named sensors, or of a whole site. While live they are read once, and
 * then come by the stream; without it they are read every 2 s.
 */
export function useValues(wanted: { site?: string; sensors?: string[] }, shiftMs = 0) {
  const { at, live } = useMoment();
  const client = useQueryClient();
  const ids = wanted.sensors?.join(",");
  const shifted = shiftMs !== 0;
  const tenant = tenantOfPath();
  const follow = live && !shifted && tenant !== undefined;
  const streamed = useWant(follow ? { tenant, sensors: wanted.sensors, site: ids ? undefined : wanted.site } : null);
  const version = useStreamedVersion(follow);
  useEffect(() => {
    if (follow) return liveStream.listen({ values: (_, catalog) => refreshOnChange(client, tenant, catalog) });
  }, [follow, client, tenant]);
  const query = useQuery({
    queryKey: [tenant, "values", wanted.site, ids, at, shiftMs],
    queryFn: async ({ signal }): Promise<ReadValues> => {
      const moment = at === null ? (shifted ? Date.now() - shiftMs : null) : at - shiftMs;
      const asOf = moment === null ? {} : { at: String(moment) };
      const query = { ...asOf, ...(ids ? { sensors: ids } : { site: wanted.site }) };
      const found = await unwrap(api.GET("/api/v1/values", { params: { query }, signal }));
      refreshOnChange(client, tenantOfPath(), found.catalog);
      return { at: found.at, live: found.live, bySensor: new Map(found.values.map((each) => [each.sensor, each])) };
    },
    enabled: ids ? ids.length > 0 : wanted.site !== undefined && wanted.sensors === undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (read) => (live && (shifted ? 60_000 : !streamed && LIVE_MS)) || untilRead(read),
    staleTime: live ? 1000 : Infinity,
  });
  const data = useMemo(
    () => (follow && query.data ? overlaid(query.data, liveStream.value, liveStream.now()) : query.data),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the stream's values
    [query.data, follow, version],
  );
  return { ...query, data };
}

export type { AsOf };
