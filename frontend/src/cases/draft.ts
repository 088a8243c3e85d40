import { Problem } from "../api/problem";
import type { Case, Draft } from "./types";

/** A case as it would be sent to store it as it is. */
export const contentOf = (from: Case): Draft => ({
  title: from.title,
  description: from.description,
  kind: from.kind,
  priority: from.priority,
  asset: from.asset?.id ?? null,
  sensor: from.sensor?.id ?? null,
  device: from.device?.id ?? null,
  alarm: from.alarm,
  assigned: from.assigned?.id ?? null,
  due: from.due,
  failure: from.failure,
  downtime: from.downtime,
  suppress: from.suppress,
  what_was_done: from.what_was_done,
  state: from.state,
  began: from.began,
  ended: from.ended,
});

/** What somebody else has stored meanwhile, if that is why a change was refused. */
export const currentOf = (error: unknown): Case | undefined =>
  error instanceof Problem && error.slug === "stale-revision" ? (error.extra.current as Case | undefined) : undefined;

/** The members that differ from what was read; those that others changed meanwhile stay as they are. */
export function changesOf(before: Draft, after: Draft): Partial<Draft> {
  const same = (name: keyof Draft) => JSON.stringify(before[name] ?? null) === JSON.stringify(after[name] ?? null);
  const names = (Object.keys(after) as (keyof Draft)[]).filter((name) => !same(name));
  return Object.fromEntries(names.map((name) => [name, after[name]])) as Partial<Draft>;
}
