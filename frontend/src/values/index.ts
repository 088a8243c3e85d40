import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { api, unwrap, tenantOfPath } from "../api/client";
import type { AsOf } from "../api/types";
import { useMoment } from "../moment";

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

/** As-of values at the application's moment, every 2 s while live: of named sensors, or of a whole site. */
export function useValues(wanted: { site?: string; sensors?: string[] }, shiftMs = 0) {
  const { at, live } = useMoment();
  const client = useQueryClient();
  const ids = wanted.sensors?.join(",");
  const shifted = shiftMs !== 0;
  return useQuery({
    queryKey: [tenantOfPath(), "values", wanted.site, ids, at, shiftMs],
    queryFn: async ({ signal }) => {
      const moment = at === null ? (shifted ? Date.now() - shiftMs : null) : at - shiftMs;
      const asOf = moment === null ? {} : { at: String(moment) };
      const query = { ...asOf, ...(ids ? { sensors: ids } : { site: wanted.site }) };
      const found = await unwrap(api.GET("/api/v1/values", { params: { query }, signal }));
      refreshOnChange(client, tenantOfPath(), found.catalog);
      return { at: found.at, live: found.live, bySensor: new Map(found.values.map((each) => [each.sensor, each])) };
    },
    enabled: ids ? ids.length > 0 : wanted.site !== undefined && wanted.sensors === undefined,
    placeholderData: keepPreviousData,
    refetchInterval: live ? (shifted ? 60_000 : LIVE_MS) : false,
    staleTime: live ? 1000 : Infinity,
  });
}

export type { AsOf };
