import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Alarm = Schemas["Alarm"];
export type AlarmList = Schemas["AlarmList"];
export type Counts = Schemas["AlarmCounts"];
export type Priority = Alarm["priority"];
export type Condition = Alarm["condition"];
export type Verdict = NonNullable<Alarm["verdict"]>;
export type ListView = "active" | "shelved" | "suppressed" | "out_of_service" | "all";
/** An entry of the journal. */
export type Transition = Schemas["JournalTransition"];
export type What = Transition["what"];
export type JournalPage = Schemas["JournalPage"];
export type ActionResult = Schemas["AlarmActionResult"];

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
