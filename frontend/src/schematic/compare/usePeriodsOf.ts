import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, tenantOfPath } from "../../api/client";
import { formatDuration, formatMoment } from "../../format";
import { useZone } from "../../moment";
import type { Period } from "../core/periods";
import type { TimeWindow } from "../core/window";

interface Runs {
  results: { start: number; end: number; open: boolean; note: string }[];
}

/** The newest runs of a definition that ended within a range; none without a definition. */
export function useRuns(definition: string | null, { start, end }: TimeWindow) {
  const zone = useZone().name;
  const query = useQuery({
    queryKey: [tenantOfPath(), "runs of", definition, start, end],
    queryFn: ({ signal }) => get<Runs>(`/api/v1/run-definitions/${definition!}/runs`, { start, end }, signal),
    enabled: definition !== null,
    staleTime: 60_000,
  });
  const periods = useMemo<Period[]>(
    () =>
      (query.data?.results ?? [])
        .filter((run) => !run.open && run.end > run.start)
        .map((run) => ({
          id: String(run.start),
          name: [formatMoment(run.start, zone), formatDuration(run.end - run.start), run.note]
            .filter(Boolean)
            .join(" · "),
          start: run.start,
          end: run.end,
        })),
    [query.data, zone],
  );
  return { periods, error: query.error, isLoading: query.isLoading };
}
