import type { PlanContent, RouteContent, Step } from "./api";
import { texts } from "./texts";

export const newStep = (after_s: number): Step => ({ after_s, channels: [], people: [], shifts: [] });

export const newRoute = (order: number): RouteContent => ({
  name: "",
  enabled: true,
  order,
  match: { priorities: [1, 2], sites: [], areas: [], assets: [], rules: [] },
  on: ["raised"],
  active: { kind: "always" },
  steps: [newStep(0)],
  digest: null,
  quiet: null,
  repeat_s: null,
  stop: false,
});

export const newPlan = (zone: string): PlanContent => ({
  name: "",
  zone,
  entries: [{ days: [1, 2, 3, 4, 5], from: "06:00", to: "14:00", people: [] }],
  rotation: null,
});

/** A channel to browsers reaches those of the step's people. */
const reaches = ({ channels, people, shifts }: Step, browsers: ReadonlySet<string>): boolean =>
  people.length + shifts.length > 0 || channels.some((id) => !browsers.has(id));

const ofSteps = (steps: readonly Step[], browsers: ReadonlySet<string>): string[] =>
  steps.flatMap((step, index) => {
    const missing: string[] = [];
    if (!reaches(step, browsers)) missing.push(texts.whoOf(index + 1));
    if (index > 0 && step.after_s <= steps[index - 1]!.after_s) missing.push(texts.laterOf(index + 1));
    return missing;
  });

/** What is still missing, as labels of the form; empty: it can be stored. `browsers`: the channels of that kind. */
export function missingOfRoute(route: RouteContent, browsers: ReadonlySet<string>): string[] {
  const missing = route.name.trim() ? [] : [texts.name];
  if (route.active.kind === "shifts" && !route.active.plan) missing.push(texts.plan);
  if (route.active.kind === "weekly" && !route.active.zone) missing.push(texts.zone);
  missing.push(...ofSteps(route.steps, browsers));
  if (route.quiet && !route.quiet.zone) missing.push(texts.quietHours);
  return missing;
}

export function missingOfPlan(plan: PlanContent): string[] {
  const missing = plan.name.trim() ? [] : [texts.name];
  if (!plan.zone) missing.push(texts.zone);
  const groups = plan.rotation?.groups ?? [];
  const somebody = groups.some((each) => each.length > 0) || plan.entries.some((each) => each.people.length > 0);
  if (!somebody) missing.push(texts.onDutyPeople);
  if (plan.rotation && !plan.rotation.begins) missing.push(texts.begins);
  return missing;
}

/** A route's steps without one, or with one more: the first is at once, each later than the one before. */
export const withoutStep = (steps: readonly Step[], index: number): Step[] =>
  steps.filter((_, place) => place !== index).map((step, place) => (place === 0 ? { ...step, after_s: 0 } : step));

const NEXT_S = 600;

export const withOneMore = (steps: readonly Step[]): Step[] => [
  ...steps,
  newStep((steps.at(-1)?.after_s ?? -NEXT_S) + NEXT_S),
];
