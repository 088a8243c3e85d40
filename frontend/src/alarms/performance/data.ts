import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { tenantOfPath } from "../../api/client";
import { useMoment, useNow } from "../../moment";
import { useSite } from "../../tenant";
import { readPerformance } from "./api";

const STEP_MS = 60_000;

/** The figures of the `span` before the moment; `past`: also of alarms that were entered afterwards. */
export function usePerformance(span: number, operators = 1, past = false) {
  const site = useSite()?.id;
  const { at } = useMoment();
  const now = useNow();
  const to = Math.ceil((at ?? now) / STEP_MS) * STEP_MS;
  return useQuery({
    queryKey: [tenantOfPath(), "alarm performance", site, span, to, operators, past],
    queryFn: ({ signal }) => readPerformance({ site, from: to - span, to, operators, past }, signal),
    enabled: site !== undefined,
    placeholderData: keepPreviousData,
    staleTime: STEP_MS,
    retry: false,
  });
}
