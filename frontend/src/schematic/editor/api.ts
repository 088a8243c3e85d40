import { call, get, tenantOfPath } from "../../api/client";
import { Problem } from "../../api/problem";
import type { operations } from "../../api/schema";
import type { Result } from "../../api/types";
import type { Difference } from "../core/edit/merging";
import { registerSymbols } from "../core/library";
import type { SymbolInfo } from "../core/library";
import type { Drawing, SchematicVersion } from "../core/types";

/** A person's own copy of a drawing, until it is published. */
export type DraftInfo = Result<"drafts_list">["results"][number];
export type Draft = Result<"drafts_read">;

/** What publishing does to assets and connections. */
export type ModelChange = Result<"schematics_preview">;

type Conflict = operations["schematics_publish"]["responses"][409]["content"]["application/problem+json"];
/** What the server says if somebody published since the draft was started. */
export type PublishedSince = Required<Pick<Conflict, "base" | "current" | "drawing" | "more">> & {
  differences: Difference[];
};

const pathOf = (id: string) => `/api/v1/schematics/${id}`;

export const draftKey = (id: string) => [tenantOfPath(), "draft", id];

/** What the editor starts with: my draft if I have one, and the newest version unless the schematic is new. */
export interface Opened {
  draft: Draft | undefined;
  newest: SchematicVersion | undefined;
}

export async function readForEditing(id: string, signal: AbortSignal): Promise<Opened> {
  const { results } = await get<{ results: DraftInfo[] }>("/api/v1/schematics/drafts", { limit: MAX_DRAFTS }, signal);
  const mine = results.find(({ schematic }) => schematic === id);
  const [draft, newest] = await Promise.all([
    mine && get<Draft>(`${pathOf(id)}/draft`, {}, signal),
    mine?.new ? undefined : readNewest(id, signal),
  ]);
  return { draft, newest };
}

async function readNewest(id: string, signal: AbortSignal): Promise<SchematicVersion> {
  const newest = await get<SchematicVersion>(pathOf(id), { at: LATEST }, signal);
  registerSymbols(newest.symbols as Record<string, SymbolInfo> | undefined);
  return newest;
}

/** A moment by which every version is in force, also one that begins in the future. */
const LATEST = Date.UTC(2261, 0, 1);

/** That one person may have. */
const MAX_DRAFTS = 200;

export const startDraft = (site: string, name: string) =>
  call<Draft>("POST", "/api/v1/schematics/drafts", { body: { site, name } });

export const readDraft = (id: string) => get<Draft>(`${pathOf(id)}/draft`);

export const saveDraft = (id: string, body: { drawing: Drawing; revision?: number; base?: number; name?: string }) =>
  call<DraftInfo>("PUT", `${pathOf(id)}/draft`, { body });

export const discardDraft = (id: string) => call<undefined>("DELETE", `${pathOf(id)}/draft`);

/** Everybody's drafts of a schematic. */
export const readDrafts = (id: string, signal: AbortSignal) =>
  get<{ results: DraftInfo[] }>(`${pathOf(id)}/drafts`, {}, signal);

export const previewChanges = (id: string, drawing: Drawing, validFrom: number | null, signal: AbortSignal) =>
  call<ModelChange>("POST", `${pathOf(id)}/preview`, {
    body: { drawing, ...(validFrom !== null && { valid_from: validFrom }) },
    signal,
  });

export const publish = (id: string, body: { revision: number; valid_from?: number; note?: string; name?: string }) =>
  call<{ schematic: SchematicVersion }>("POST", `${pathOf(id)}/publish`, { body });

export const isConflict = (error: unknown): boolean => error instanceof Problem && error.slug === "stale-revision";

export const publishedSince = (error: unknown): PublishedSince | undefined =>
  error instanceof Problem && error.slug === "published-since" ? (error.extra as unknown as PublishedSince) : undefined;
