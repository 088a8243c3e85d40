import { api, call, unwrap } from "../../api/client";
import type { Result } from "../../api/types";

export type EventType = Result<"eventTypeRead">;
export type Proposal = Result<"eventTypeProposal">;
export type Replayed = Result<"eventTypeReplay">;

const path = (type: string) => ({ path: { type } });
const address = (type: string) => `/api/v1/event-types/${encodeURIComponent(type)}`;

export const readTypes = async (signal: AbortSignal): Promise<EventType[]> =>
  (await unwrap(api.GET("/api/v1/event-types", { params: { query: { limit: 1000 } }, signal }))).results;

export const readOverflow = async (type: string, signal: AbortSignal) =>
  (await unwrap(api.GET("/api/v1/event-types/{type}/overflow", { params: path(type), signal }))).results;

export const readProposal = (type: string): Promise<Proposal> =>
  unwrap(api.GET("/api/v1/event-types/{type}/proposal", { params: path(type) }));

/** Fields of the present schema that no recent event has stay as they are. */
export function storeProposal(type: EventType, proposal: Proposal) {
  const proposed = Object.entries(proposal.fields).map(([name, each]) => [name, each.schema] as const);
  const fields = { ...type.fields, ...Object.fromEntries(proposed) };
  const body = { fields, ...(type.revision > 0 && { revision: type.revision }) };
  return call<EventType>("PUT", address(type.type), { body });
}

/** All pages, one after another. */
export async function replayAll(type: string): Promise<{ repaired: number; left: number }> {
  const sum = { repaired: 0, left: 0 };
  let cursor: string | null = null;
  do {
    const page: Replayed = await call<Replayed>("POST", `${address(type)}/replay`, { body: cursor ? { cursor } : {} });
    sum.repaired += page.repaired;
    sum.left += page.left;
    cursor = page.next;
  } while (cursor);
  return sum;
}
