import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, get, localUrl, tenantOfPath } from "../../api/client";
import type { Page } from "../../api/client";
import type { components } from "../../api/schema";
import { useRefreshCases } from "../../cases";

type Schemas = components["schemas"];

export type Plan = Schemas["MaintenancePlan"];
export type PlanWithStanding = Schemas["MaintenancePlanWithStanding"];
export type Standing = PlanWithStanding["standing"][number];
export type Every = Partial<Schemas["PlanTriggers"]>;
export type RunHours = Pick<Schemas["RunHoursDue"], "hours"> & Partial<Schemas["RunHoursDue"]>;
export type Unit = Schemas["CalendarDue"]["unit"];
export type PlanTarget = Partial<Schemas["PlanTarget"]>;
/** What a plan consists of, as it is sent. */
export type PlanDraft = Pick<Schemas["MaintenancePlanContent"], "name"> & {
  target: PlanTarget;
  every: DraftEvery;
} & Partial<Omit<Schemas["MaintenancePlanContent"], "name" | "target" | "every">>;
export type DraftEvery = Omit<Every, "run_hours"> & { run_hours?: RunHours | null };

export const UNITS = ["days", "weeks", "months", "years"] as const satisfies readonly Unit[];

const PLANS = "/api/v1/maintenance-plans";

const key = (...rest: unknown[]) => [tenantOfPath(), "maintenance plans", ...rest];

/** `at`: as of then; null: now. */
export const usePlans = (at: number | null) =>
  useInfiniteQuery({
    queryKey: key("list", at),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Plan>>(localUrl(pageParam) ?? PLANS, pageParam ? undefined : { limit: 200, at }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });

/** A plan with how far each of its assets is. */
export const usePlan = (id: string | null, at: number | null) =>
  useQuery({
    queryKey: key("one", id, at),
    queryFn: ({ signal }) => get<PlanWithStanding>(`${PLANS}/${id}`, { at }, signal),
    enabled: id !== null,
    refetchInterval: at === null && 60_000,
    retry: false,
  });

interface Saving {
  /** The plan that is changed; undefined: a new one. */
  from: Plan | undefined;
  draft: PlanDraft;
}

export function useSavePlan() {
  const onSettled = useRefreshCases();
  return useMutation({
    mutationFn: ({ from, draft }: Saving) =>
      from
        ? call<Plan>("PUT", `${PLANS}/${from.id}`, { body: { ...draft, revision: from.revision } })
        : call<Plan>("POST", PLANS, { body: draft }),
    onSettled,
  });
}

/** Afterwards the lists are read again, and not what is gone. */
export function useDeletePlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, revision }: Plan) =>
      call<undefined>("DELETE", `${PLANS}/${id}`, { headers: { "If-Match": `"${revision}"` } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key("list") }),
  });
}
