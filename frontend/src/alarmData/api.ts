import { call, get, localUrl } from "../api/client";
import type { ActionResult, AlarmList, JournalPage, ListView } from "./types";

export interface AlarmQuery {
  site?: string | undefined;
  view?: ListView | undefined;
  priority?: string | undefined;
  q?: string | undefined;
  asset?: string | undefined;
  sort?: string | undefined;
  at?: number | null | undefined;
  limit?: number | undefined;
}

export interface JournalQuery {
  from?: number | undefined;
  to?: number | undefined;
  site?: string | undefined;
  asset?: string | undefined;
  sensor?: string | undefined;
  rule?: string | undefined;
  key?: string | undefined;
  priority?: string | undefined;
  what?: string | undefined;
  limit?: number | undefined;
}

/** The largest page. */
export const PAGE = 1_000;
/** A list is read up to this many pages. */
export const MAX_PAGES = 10;
/** How many keys the server takes in one request. */
const MAX_KEYS = 500;

export const readAlarms = (query: AlarmQuery, signal?: AbortSignal) =>
  get<AlarmList>("/api/v1/alarms", { ...query }, signal);

export const readMoreAlarms = (next: string, signal?: AbortSignal) =>
  get<AlarmList>(localUrl(next)!, undefined, signal);

/** All pages of a list as one. */
export async function readAllAlarms(query: AlarmQuery, signal?: AbortSignal): Promise<AlarmList> {
  const pages = [await readAlarms({ ...query, limit: PAGE }, signal)];
  for (let next = pages[0]!.next; next && pages.length < MAX_PAGES; next = pages.at(-1)!.next)
    pages.push(await readMoreAlarms(next, signal));
  return joined(pages);
}

/** Between two pages an alarm may have changed its place: each is listed once. */
export function joined(pages: readonly AlarmList[]): AlarmList {
  const [first] = pages;
  if (pages.length === 1) return first!;
  const byKey = new Map(pages.flatMap((page) => page.alarms).map((alarm) => [alarm.key, alarm]));
  return { ...first!, alarms: [...byKey.values()], next: pages.at(-1)!.next };
}

export const readMoreJournal = (next: string, signal?: AbortSignal) =>
  get<JournalPage>(localUrl(next)!, undefined, signal);

export const readJournal = (query: JournalQuery, signal?: AbortSignal) =>
  get<JournalPage>("/api/v1/journal", { ...query }, signal);

export type Action = "acknowledge" | "shelve" | "unshelve" | "reset" | "out-of-service" | "in-service" | "note";

export interface ActionFields {
  note?: string;
  verdict?: "genuine" | "false";
  until?: number;
  reason?: string;
}

/** One action on any number of alarms. What the server refuses is in the answer, with the reason. */
export async function act(action: Action, keys: readonly string[], fields: ActionFields): Promise<ActionResult> {
  const result: ActionResult = { alarms: [], refused: [] };
  for (let first = 0; first < keys.length; first += MAX_KEYS) {
    const body = { keys: keys.slice(first, first + MAX_KEYS), ...fields };
    const { alarms, refused } = await call<ActionResult>("POST", `/api/v1/alarms/${action}`, { body });
    result.alarms.push(...alarms);
    result.refused.push(...refused);
  }
  return result;
}
