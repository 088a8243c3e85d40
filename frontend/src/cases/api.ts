import { call, get, localUrl, send, tenantOfPath, withQuery } from "../api/client";
import type { Case, CaseList, CaseWithNotes, Draft, PersonList } from "./types";

export const MAX_FILE_BYTES = 5 << 20;
export const MAX_FILES = 20;
export const PAGE = 100;

const CASES = "/api/v1/cases";

export interface CaseQuery {
  q?: string | undefined;
  /** Several with commas. */
  state?: string | undefined;
  kind?: string | undefined;
  site?: string | undefined;
  /** Only what belongs to no site. */
  without_site?: boolean | undefined;
  asset?: string | undefined;
  /** A member's id, `me` or `none`. */
  assigned?: string | undefined;
  overdue?: boolean | undefined;
  alarm?: string | undefined;
  plan?: string | undefined;
  campaign?: string | undefined;
  at?: number | null | undefined;
  limit?: number | undefined;
}

export const readCases = (query: CaseQuery, signal?: AbortSignal) => get<CaseList>(CASES, { ...query }, signal);
export const readMoreCases = (next: string, signal?: AbortSignal) => get<CaseList>(localUrl(next)!, undefined, signal);
export const readCase = (id: string, at: number | null, signal?: AbortSignal) =>
  get<CaseWithNotes>(`${CASES}/${id}`, { at }, signal);
export const readPeople = (signal?: AbortSignal) => get<PersonList>(`${CASES}/people`, undefined, signal);

export const openCase = (body: Draft) => call<Case>("POST", CASES, { body });
export const changeCase = (id: string, body: Draft & { revision: number }) =>
  call<Case>("PUT", `${CASES}/${id}`, { body });
export const addNote = (id: string, text: string) =>
  call<CaseWithNotes>("POST", `${CASES}/${id}/notes`, { body: { text } });

/** A photo or another file, as a note of its own. */
export async function addFile(id: string, file: File): Promise<CaseWithNotes> {
  const address = withQuery(`${CASES}/${id}/files`, { name: file.name.slice(-120) });
  const headers = { Accept: "application/json", "Content-Type": "application/octet-stream" };
  const response = await send(new Request(new URL(address, location.origin), { method: "POST", headers, body: file }));
  return (await response.json()) as CaseWithNotes;
}

export const removeFile = (id: string, file: string) => call<undefined>("DELETE", `${CASES}/${id}/files/${file}`);

export const fileAddress = (id: string, file: string) =>
  withQuery(`${CASES}/${id}/files/${file}`, { tenant: tenantOfPath() });

/** The whole list as CSV, with the same filters: its pages as one. */
export async function readCsv(query: CaseQuery): Promise<Blob> {
  const parts: string[] = [];
  let next: string | null = withQuery(CASES, { ...query, format: "csv", limit: 1_000 });
  while (next) {
    const request = new Request(new URL(next, location.origin), { headers: { Accept: "text/csv" } });
    const response: Response = await send(request);
    const text = await response.text();
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf("\n") + 1));
    next = localUrl(response.headers.get("X-Next-Page"));
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}
