import { call, get } from "../api/client";
import type { Page } from "../api/client";

export interface ImportReport {
  rows?: number;
  samples?: number;
  start?: number | null;
  end?: number | null;
  duplicates?: number;
  gaps?: number;
  unreadable?: number;
  cells?: { file: string; line: number; column: string; text: string; why: string }[];
  sensors?: {
    tag: string;
    samples: number;
    start: number | null;
    end: number | null;
    missing: number;
    bad: number;
    unreadable: number;
    duplicates: number;
    gaps: number;
  }[];
  [rest: string]: unknown;
}

/** An import as the server tells of it. */
export interface ImportRow {
  id: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  files?: { name: string; size: number }[];
  file?: string;
  name?: string;
  dry_run?: boolean;
  created?: number;
  by?: string;
  error?: string | null;
  progress?: { rows: number; bytes: number; total_bytes: number; samples: number };
  report?: ImportReport | null;
}

/** The same with what a page shows worked out. */
export interface Import extends ImportRow {
  title: string;
  samples: number;
  /** Of the bytes to read, 0 to 1. */
  share: number | null;
}

function shown(row: ImportRow): Import {
  const { progress, report } = row;
  const files = row.files?.map((file) => file.name) ?? (row.file ? [row.file] : []);
  return {
    ...row,
    title: row.name ?? (files.length > 1 ? `${files[0]} and ${files.length - 1} more` : (files[0] ?? row.id)),
    samples: report?.samples ?? progress?.samples ?? 0,
    share: progress && progress.total_bytes > 0 ? Math.min(1, progress.bytes / progress.total_bytes) : null,
  };
}

export async function readImports(limit: number, signal: AbortSignal): Promise<Import[]> {
  return (await get<Page<ImportRow>>("/api/v1/imports", { limit }, signal)).results.map(shown);
}

export const readImport = async (id: string, signal: AbortSignal): Promise<Import> =>
  shown(await get<ImportRow>(`/api/v1/imports/${id}`, undefined, signal));

export function startImport(files: File[], mapping: unknown, dryRun: boolean): Promise<{ id: string }> {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  form.append("mapping", JSON.stringify(mapping));
  return call<{ id: string }>("POST", "/api/v1/imports", { body: form, query: dryRun ? { dry_run: 1 } : {} });
}
