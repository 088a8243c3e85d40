import { api, call, page, unwrap } from "../../api/client";
import type { DeadLetter, Result } from "../../api/types";

export type Letters = Result<"deadLettersList">;

const PATH = "/api/v1/deadletters";
const PAGE_SIZE = 100;

export const readLetters = (next: string | undefined, signal: AbortSignal) =>
  page(PATH, { limit: PAGE_SIZE }, next, signal) as Promise<Letters>;

export const readLetter = (id: string, signal: AbortSignal): Promise<DeadLetter> =>
  unwrap(api.GET("/api/v1/deadletters/{id}", { params: { path: { id } }, signal }));

/** As it is, or with the corrected item. */
export const replay = (id: string, item?: string) =>
  call<{ points: number }>("POST", `${PATH}/${id}/replay`, { body: item === undefined ? {} : { item } });

export const replayMany = (ids: string[]) =>
  call<{ letters: number; points: number; refused: { id: string; reason: string }[] }>("POST", `${PATH}/replay`, {
    body: { ids },
  });

export const remove = (id: string) => call<undefined>("DELETE", `${PATH}/${id}`);

/** That letter and all older ones. */
export const removeUntil = (id: string) => call<{ removed: number }>("DELETE", PATH, { query: { until: id } });

/** Those that rules of the mapping take by now. */
export const replayMatching = () => call<Result<"mappingReplay">>("POST", "/api/v1/mapping/replay");
