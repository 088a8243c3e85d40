import type { components } from "../../api/schema";
import { documentsAt } from "../documents";

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

export const plans = documentsAt<Plan, PlanWithStanding, PlanDraft>("/api/v1/maintenance-plans", "maintenance plans");
