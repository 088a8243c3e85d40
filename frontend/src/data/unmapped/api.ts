import { api, call, page, unwrap } from "../../api/client";
import type { Result, Sensor } from "../../api/types";
import type { NamingItem } from "./naming";

export type Suggestion = Result<"sensorSuggestions">["results"][number];

const PAGE_SIZE = 100;

export const readUnmapped = (q: string, next: string | undefined, signal: AbortSignal) =>
  page("/api/v1/sensors", { unmapped: true, q, limit: PAGE_SIZE }, next, signal);

export const readSuggestions = async (id: string, signal: AbortSignal): Promise<Suggestion[]> =>
  (await unwrap(api.GET("/api/v1/sensors/{id}/suggestions", { params: { path: { id } }, signal }))).results;

export const nameSensors = (items: NamingItem[]) =>
  call<{ results: Sensor[] }>("POST", "/api/v1/sensors/name", { body: { items } });
