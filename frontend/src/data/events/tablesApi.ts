import { api, call, send, unwrap, withQuery } from "../../api/client";
import type { Result } from "../../api/types";

export type TableInfo = Result<"eventTablesList">["results"][number];
export type Rows = Result<"eventTableRows">;
export type Row = Rows["results"][number];

const PAGE = 100;
const address = (name: string) => `/api/v1/event-tables/${encodeURIComponent(name)}`;

export const readTables = async (signal: AbortSignal): Promise<TableInfo[]> =>
  (await unwrap(api.GET("/api/v1/event-tables", { params: { query: { limit: 1000 } }, signal }))).results;

/** `next`: of the page before. */
export const readRows = (name: string, next: string | undefined, signal: AbortSignal): Promise<Rows> =>
  call<Rows>("GET", next ?? withQuery(`${address(name)}/rows`, { limit: PAGE }), { signal });

export async function readCsv(name: string): Promise<Blob> {
  const url = new URL(withQuery(`${address(name)}/rows`, { format: "csv" }), location.origin);
  return (await send(new Request(url))).blob();
}

/** Replaces all rows, or none where the server finds one of them wrong. */
export async function storeCsv(table: TableInfo, file: File): Promise<TableInfo> {
  const headers = { "Content-Type": "text/csv", "If-Match": `"${table.revision}"` };
  const url = new URL(`${address(table.name)}/rows`, location.origin);
  return (await send(new Request(url, { method: "PUT", headers, body: file }))).json() as Promise<TableInfo>;
}

export const addTable = (name: string, key: string, timezone: string) =>
  call<TableInfo>("PUT", address(name), { body: { rows: [], key, timezone } });

export const removeTable = (table: TableInfo) =>
  call("DELETE", withQuery(address(table.name)), { headers: { "If-Match": `"${table.revision}"` } });
