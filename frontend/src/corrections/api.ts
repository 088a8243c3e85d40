import { api, unwrap, page } from "../api/client";
import type { components } from "../api/schema";

export type Correction = components["schemas"]["Correction"];
export type NewCorrection = components["schemas"]["NewCorrection"];
export type CorrectionResult = components["schemas"]["CorrectionResult"];

const one = (id: string) => ({ params: { path: { id } } });

export const isActive = (found: Correction): boolean => found.state === "queued" || found.state === "running";

export const readRanges = (id: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/imports/{id}/ranges", { ...one(id), signal }));
export const readCorrections = (next: string | undefined, signal: AbortSignal) =>
  page("/api/v1/corrections", { limit: 50 }, next, signal);
export const readCorrection = (id: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/corrections/{id}", { ...one(id), signal }));
export const startCorrection = (id: string) => unwrap(api.POST("/api/v1/corrections/{id}/start", one(id)));
export const cancelCorrection = (id: string) => unwrap(api.POST("/api/v1/corrections/{id}/cancel", one(id)));
export const previewCorrection = (body: NewCorrection) => unwrap(api.POST("/api/v1/corrections", { body }));

/** What undoing would do, as a correction that `startCorrection` then does. */
export const previewUndo = (target: string, of: "import" | "correction") =>
  of === "import"
    ? unwrap(api.POST("/api/v1/imports/{id}/undo", { ...one(target), body: { dry_run: true } }))
    : unwrap(api.POST("/api/v1/corrections/{id}/undo", { ...one(target), body: { dry_run: true } }));
