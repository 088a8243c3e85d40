import type { Applies, RuleContent } from "./api";
import { missingIn, newTrigger } from "./triggers";
import { texts } from "./texts";

export const SCOPES = ["sensors", "asset_type", "calculated", "devices", "sources"] as const;
export type Scope = (typeof SCOPES)[number];

export const newRule = (site: string): RuleContent => ({
  name: "",
  applies: { site, sensors: [], calculated: [], devices: [], sources: [], asset_type: null, pattern: null },
  trigger: newTrigger("limit"),
  on_delay_s: 60,
  off_delay_s: 60,
  armed: null,
  consequence: "moderate",
  urgency: "10_to_30_min",
  latching: false,
  enabled: false,
  instruction: "",
  owner: "",
  description: "",
  suppressed_by: [],
  overrides: [],
});

/** To what a rule applies, as the form's first choice. */
export function scopeOf(applies: Applies): Scope {
  if (applies.asset_type) return "asset_type";
  return SCOPES.find((scope) => scope !== "asset_type" && (applies[scope] ?? []).length > 0) ?? "sensors";
}

/** Only what the chosen scope says. */
export function withScope(applies: Applies, scope: Scope): Applies {
  const none = { sensors: [], calculated: [], devices: [], sources: [], asset_type: null, pattern: null };
  const kept =
    scope === "asset_type"
      ? { asset_type: applies.asset_type ?? "", pattern: applies.pattern ?? "*" }
      : { [scope]: applies[scope] ?? [] };
  return { site: applies.site ?? null, ...none, ...kept };
}

/** What is still missing, as labels of the form; empty: it can be tried and stored. */
export function missingOf(rule: RuleContent): string[] {
  const missing: string[] = [];
  if (!rule.name.trim()) missing.push(texts.name);
  const { applies } = rule;
  const scope = scopeOf(applies);
  const any = scope === "asset_type" ? applies.asset_type && applies.pattern : (applies[scope] ?? []).length > 0;
  if (!any) missing.push(texts.appliesTo);
  missing.push(...missingIn(rule.trigger));
  if (rule.armed && !rule.armed.expression && !rule.armed.schedule) missing.push(texts.armed);
  if ((rule.overrides ?? []).some((each) => !each.target)) missing.push(texts.overrideTarget);
  return missing;
}

/** Whether two contents say the same; why they were changed does not count. */
export const isSame = (a: RuleContent, b: RuleContent): boolean =>
  JSON.stringify({ ...a, note: "" }) === JSON.stringify({ ...b, note: "" });

/** The members that differ, as the form names them. */
export function changedIn(before: RuleContent, after: RuleContent): string[] {
  const names = Object.keys(texts.members) as (keyof typeof texts.members)[];
  return names
    .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map((name) => texts.members[name]);
}
