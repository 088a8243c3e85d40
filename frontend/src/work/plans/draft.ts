import type { Plan, PlanDraft } from "./api";

export const NEW: PlanDraft = {
  name: "",
  enabled: true,
  target: { asset_type: null, assets: null, site: null },
  every: { calendar: { count: 6, unit: "months" }, run_hours: null, events: null },
  lead_s: 14 * 86_400,
  priority: 3,
  assigned: null,
  instruction: "",
  suppress: true,
};

/** A plan as it would be sent to store it as it is. */
export const draftOf = (plan: Plan): PlanDraft => ({
  name: plan.name,
  enabled: plan.enabled,
  target: plan.target,
  every: plan.every,
  lead_s: plan.lead_s,
  priority: plan.priority,
  assigned: plan.assigned?.id ?? null,
  instruction: plan.instruction,
  suppress: plan.suppress,
  begins: plan.begins,
  last_done: plan.last_done,
});

/** Whether it says of what, and when. */
export function isComplete({ name, target, every }: PlanDraft): boolean {
  const ofSomething = (target.assets?.length ?? 0) > 0 || !!target.asset_type?.trim();
  const { calendar, run_hours: run, events } = every;
  const counts = [calendar, run, events].filter((each) => each != null).length > 0;
  const runKnown = run == null || (run.hours > 0 && !!(run.sensor?.trim() || run.run));
  const eventsKnown = events == null || (events.count > 0 && events.type.trim() !== "");
  return name.trim() !== "" && ofSomething && counts && runKnown && eventsKnown;
}
