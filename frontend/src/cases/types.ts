import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Case = Schemas["Case"];
export type CaseWithNotes = Schemas["CaseWithNotes"];
export type CaseContent = Omit<Schemas["CaseChange"], "revision">;
export type CaseNote = Schemas["CaseNote"];
export type CaseFile = Schemas["CaseFile"];
export type CaseList = Schemas["CaseList"];
export type CaseCounts = Schemas["CaseCounts"];
export type CaseState = Case["state"];
export type CaseKind = Case["kind"];
export type Priority = Case["priority"];
/** Whom a case may be assigned to. */
export type Person = Schemas["Person"];
export type PersonList = Schemas["PersonList"];

export const KINDS = ["service", "maintenance", "retrofit"] as const satisfies readonly CaseKind[];
export const STATES = ["open", "in_progress", "done", "cancelled"] as const satisfies readonly CaseState[];

/** What a case consists of, as it is sent; what is left out has its default. */
export type Draft = Pick<CaseContent, "title"> & Partial<Omit<CaseContent, "title">>;
