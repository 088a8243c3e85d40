import { api, got } from "../api/client";
import type { components } from "../api/schema";

export type Correction = components["schemas"]["Correction"];
export type NewCorrection = components["schemas"]["NewCorrection"];

const one = (id: string) => ({ params: { path: { id } } });

export const correcting = (found: Correction): boolean => found.state === "queued" || found.state === "running";

export const readRanges = (id: string, signal: AbortSignal) =>
  got(api.GET("/api/v1/imports/{id}/ranges", { ...one(id), signal }));
export const previewUndo = (id: string) =>
  got(api.POST("/api/v1/imports/{id}/undo", { ...one(id), body: { dry_run: true } }));
export const readCorrection = (id: string, signal: AbortSignal) =>
  got(api.GET("/api/v1/corrections/{id}", { ...one(id), signal }));
export const startCorrection = (id: string) => got(api.POST("/api/v1/corrections/{id}/start", one(id)));
export const previewCorrection = (body: NewCorrection) => got(api.POST("/api/v1/corrections", { body }));
