import { call, get, localUrl, send, withQuery } from "../../api/client";
import type { Page } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Rule = Schemas["AlarmRule"];
/** What was left out has its default. */
export type RuleContent = Pick<Rule, "name"> & { applies: Applies; trigger: Trigger } & Partial<
    Omit<Schemas["RuleContent"], "name" | "applies" | "trigger" | "overrides" | "armed">
  > & { overrides?: Override[]; armed?: Armed | null };
export type Applies = Partial<Schemas["Applies"]>;
export type Armed = Omit<Partial<Schemas["Armed"]>, "schedule"> & { schedule?: Schedule | null };
export type Schedule = Partial<Schemas["Schedule"]>;
export type Override = Pick<Schemas["Override"], "target"> &
  Omit<Partial<Schemas["Override"]>, "target" | "trigger"> & { trigger?: Trigger | null };
type OfKind<T extends { kind: string }, Required extends keyof T> = Pick<T, Required | "kind"> & Partial<T>;
export type Trigger =
  | OfKind<Schemas["Limit"], "side" | "limit">
  | OfKind<Schemas["Deviation"], "set_point" | "limit">
  | OfKind<Schemas["Rate"], "limit" | "window_s">
  | Schemas["InState"]
  | OfKind<Schemas["Discrepancy"], "command" | "within_s">
  | Schemas["Stale"]
  | OfKind<Schemas["Frozen"], "after_s">
  | OfKind<Schemas["OutOfRange"], "kind">
  | Schemas["EventCount"]
  | Schemas["Expression"];
export type TriggerKind = Trigger["kind"];
export type Consequence = Rule["consequence"];
export type Urgency = Rule["urgency"];
export const CONSEQUENCES = ["minor", "moderate", "major", "severe"] as const satisfies readonly Consequence[];
export const URGENCIES = [
  "over_30_min",
  "10_to_30_min",
  "3_to_10_min",
  "under_3_min",
] as const satisfies readonly Urgency[];
export type RuleVersion = Schemas["RuleVersion"];
export type Backtest = Schemas["BacktestResult"];
export type YamlReport = Schemas["RulesImport"];
export type Settings = Schemas["AlarmSettings"];

const RULES = "/api/v1/rules";
const YAML = "application/yaml";

export const readRules = (next: string | undefined, signal?: AbortSignal, limit = 1_000) =>
  get<Page<Rule>>(localUrl(next) ?? RULES, next ? undefined : { limit }, signal);
export const readRule = (id: string, signal?: AbortSignal) => get<Rule>(`${RULES}/${id}`, undefined, signal);
export const readVersions = (id: string, signal?: AbortSignal) =>
  get<Page<RuleVersion>>(`${RULES}/${id}/versions`, { limit: 100 }, signal);
export const createRule = (body: RuleContent) => call<Rule>("POST", RULES, { body });
export const changeRule = (id: string, body: RuleContent & { revision: number }) =>
  call<Rule>("PUT", `${RULES}/${id}`, { body });
export const deleteRule = ({ id, revision }: Rule) =>
  call<undefined>("DELETE", `${RULES}/${id}`, { headers: { "If-Match": `"${revision}"` } });
export const backtest = (rule: RuleContent, start: number, end: number) =>
  call<Backtest>("POST", `${RULES}/backtest`, { body: { rule, start, end } });
export const readSettings = (signal?: AbortSignal) => get<Settings>("/api/v1/alarm-settings", undefined, signal);
export const changeSettings = (body: Settings) => call<Settings>("PUT", "/api/v1/alarm-settings", { body });

export async function exportYaml(site: string | undefined): Promise<Blob> {
  const url = new URL(withQuery(`${RULES}/yaml`, { site }), location.origin);
  return (await send(new Request(url, { headers: { Accept: YAML } }))).blob();
}

export async function importYaml(text: string, dryRun: boolean): Promise<YamlReport> {
  const url = new URL(withQuery(`${RULES}/yaml`, { dry_run: dryRun }), location.origin);
  const headers = { Accept: "application/json", "Content-Type": YAML };
  return (await send(new Request(url, { method: "POST", headers, body: text }))).json() as Promise<YamlReport>;
}

const CONTENT: (keyof RuleContent)[] = [
  "name", "applies", "trigger", "on_delay_s", "off_delay_s", "armed", "consequence", "urgency", "latching", "enabled",
  "instruction", "owner", "description", "suppressed_by", "overrides",
]; // prettier-ignore

/** What a version consists of, without what the server adds, and without why it was changed. */
export const contentOf = (rule: RuleContent): RuleContent =>
  Object.fromEntries(CONTENT.map((name) => [name, rule[name]])) as unknown as RuleContent;
