import { api, call, unwrap, page } from "./client";
import type { Page } from "./client";
import { texts } from "./texts";
import type { ImportJob } from "./types";

/** An import with the derived values that a page shows. */
export interface Import extends ImportJob {
  title: string;
  samples: number;
  /** Fraction of the bytes read, 0 to 1; null if unknown. */
  share: number | null;
}

function shown(job: ImportJob): Import {
  const { files, progress, report } = job;
  const count = Math.max(job.file_count ?? 0, files.length);
  const first = files[0]?.name ?? job.id;
  return {
    ...job,
    file_count: count,
    title: count > 1 ? texts.andMore(first, count - 1) : first,
    samples: report?.samples ?? progress.samples,
    share: progress.total_bytes > 0 ? Math.min(1, progress.bytes / progress.total_bytes) : null,
  };
}

export const busy = (job: ImportJob | undefined): boolean => job?.state === "running" || job?.state === "queued";

const one = (id: string) => ({ params: { path: { id } } });

export async function readImports(next: string | undefined, signal: AbortSignal, limit = 50): Promise<Page<Import>> {
  const found = await page("/api/v1/imports", { limit }, next, signal);
  return { ...found, results: found.results.map(shown) };
}
export const readImport = async (id: string, signal: AbortSignal): Promise<Import> =>
  shown(await unwrap(api.GET("/api/v1/imports/{id}", { ...one(id), signal })));
export const startDry = (id: string) => unwrap(api.POST("/api/v1/imports/{id}/start", one(id)));
export const cancelImport = (id: string) => unwrap(api.POST("/api/v1/imports/{id}/cancel", one(id)));

export interface Upload {
  files: File[];
  mapping: string;
  dryRun: boolean;
  signal: AbortSignal;
}

/** Files go as a form, which the schema can only describe as text. */
export function sendImport({ files, mapping, dryRun, signal }: Upload): Promise<ImportJob> {
  const form = new FormData();
  form.append("mapping", mapping);
  for (const file of files) form.append("file", file);
  return call<ImportJob>("POST", "/api/v1/imports", { body: form, query: { dry_run: dryRun }, signal });
}
