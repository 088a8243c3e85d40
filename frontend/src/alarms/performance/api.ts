import { call, get } from "../../api/client";
import type { components } from "../../api/schema";
import type { Rule } from "../rules/api";

type Schemas = components["schemas"];

export type Actor = Schemas["AlarmActor"];
export type Performance = Schemas["AlarmPerformance"];
export type Change = Schemas["ProposedChange"];
export type Proposal = Schemas["AlarmProposal"];

const PATH = "/api/v1/alarms/performance";

export const readPerformance = (
  query: { site: string | undefined; from: number; to: number; operators?: number; past?: boolean },
  signal?: AbortSignal,
) => get<Performance>(PATH, { ...query }, signal);

/** A back-test over the last 30 days with several delays and deadbands. */
export const readProposal = (key: string, signal?: AbortSignal) => get<Proposal>(`${PATH}/proposal`, { key }, signal);

export const applyProposal = ({ key, change, revision }: Proposal) =>
  call<Rule>("POST", `${PATH}/apply`, { body: { key, change, revision } });
