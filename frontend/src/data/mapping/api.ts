import { api, call, unwrap } from "../../api/client";
import type { Body, Result } from "../../api/types";

export type Mapping = Result<"mappingRead">;
export type MappingDraft = Body<"mappingTest">;
export type Rule = NonNullable<Mapping["rules"]>[number];
export type Trial = Result<"mappingTest">;
export type TriedArrival = Trial["arrivals"][number];
export type TriedField = TriedArrival["fields"][number];
export type Replayed = Result<"mappingReplay">;
export type Saved = Mapping & { replayed: Replayed | null };

const PATH = "/api/v1/mapping";

export const readMapping = (signal: AbortSignal): Promise<Mapping> => unwrap(api.GET(PATH, { signal }));

export const saveMapping = (draft: MappingDraft, revision: number) =>
  call<Saved>("PUT", PATH, { body: { ...draft, revision } });

export const tryRules = (draft: MappingDraft, signal: AbortSignal) =>
  call<Trial>("POST", `${PATH}/test`, { body: draft, signal });

export const replayMatching = () => call<Replayed>("POST", `${PATH}/replay`);
