import type { Change } from "./liveStream";

/** Stored events that were announced: how many, from when to when, and the last of them. */
export interface AnnouncedEvents {
  of: number;
  from: number;
  to: number;
  events: readonly { type: string; device: string }[];
}

/** The part of a request for events that says which of them it reads. */
interface EventQuery {
  from?: string;
  to?: string;
  type?: string;
  device?: string;
}

export function announcedEvents({ topic, of, from, to, events }: Change): AnnouncedEvents | undefined {
  if (topic !== "events" || of === undefined || from === undefined || to === undefined || !events) return undefined;
  return { of, from, to, events };
}

/** Both together. Which they are is no longer known if these are more than the shown ones. */
export const join = (a: AnnouncedEvents | undefined, b: AnnouncedEvents): AnnouncedEvents =>
  a === undefined
    ? b
    : {
        of: a.of + b.of,
        from: Math.min(a.from, b.from),
        to: Math.max(a.to, b.to),
        events: [...a.events, ...b.events],
      };

/** Whether a request may be answered differently since these events were stored. */
export function concerns(announced: AnnouncedEvents, query: EventQuery): boolean {
  if (query.to !== undefined && announced.from >= Number(query.to)) return false;
  if (query.from !== undefined && announced.to < Number(query.from)) return false;
  if (announced.of > announced.events.length) return true;
  const types = query.type?.split(",");
  return announced.events.some(
    ({ type, device }) => (!types || types.includes(type)) && (!query.device || query.device === device),
  );
}
