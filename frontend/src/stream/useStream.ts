import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { StreamState } from "./connection";
import { liveStream } from "./liveStream";
import type { Topic, Want } from "./liveStream";

/** Without a stream for this long pages ask as often as they did before there was one. */
export const GRACE_MS = 5000;
/** Pages that are drawn as a whole do so twice a second at most. */
const DRAW_MS = 500;

const subscribe = (changed: () => void) => liveStream.listen({ state: changed });
const stateNow = () => liveStream.state;

export const useStreamState = () => useSyncExternalStore(subscribe, stateNow, stateNow);

/** Whether values come by themselves: also for a moment while the stream is being opened. */
function useComesByItself(): boolean {
  const state = useStreamState();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(state === "refused");
    if (state === "live" || state === "refused") return;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return state === "live" || (!late && state !== "refused");
}

/** What shows the values of a moment, by the second part of its queries' keys. */
export const OF_MOMENT: ReadonlySet<string> = new Set(["values", "frame", "own values"]);

/** The stream that was open is lost, and its values have not been renewed by anything else since. */
export function useReconnecting(): boolean {
  const [state, byItself] = [useStreamState(), useComesByItself()];
  const client = useQueryClient();
  const lost = useRef(0);
  useEffect(() => {
    lost.current = Date.now();
  }, [state]);
  if (state !== "reconnecting" || byItself) return state === "reconnecting";
  const shown = client.getQueryCache().findAll({
    type: "active",
    predicate: ({ queryKey: [, what, , at] }) => OF_MOMENT.has(String(what)) && (at ?? null) === null,
  });
  return shown.some((query) => query.state.dataUpdatedAt < lost.current + GRACE_MS);
}

/** Asks for these while they are shown. Whether they come by themselves; if not, the page has to ask for them. */
export function useWant(want: Want | null): boolean {
  const key = want && JSON.stringify(want);
  useEffect(() => (key === null ? undefined : liveStream.want(JSON.parse(key) as Want)), [key]);
  return useComesByItself() && want !== null;
}

/**
 * Changes when the page has to be drawn again because of new values or because time has passed; at once when a lost
 * stream is back, so that no older value is shown as a present one.
 */
export function useStreamedVersion(active: boolean): number {
  const version = useRef(0);
  const subscribe = useCallback(
    (changed: () => void) => {
      if (!active) return () => {};
      let timer: ReturnType<typeof setTimeout> | undefined;
      const drawNow = () => {
        clearTimeout(timer);
        timer = undefined;
        version.current += 1;
        changed();
      };
      const draw = () => {
        timer ??= setTimeout(drawNow, DRAW_MS);
      };
      const state = (next: StreamState) => {
        if (next === "live") drawNow();
      };
      const end = liveStream.listen({ values: draw, alive: draw, state });
      return () => {
        end();
        clearTimeout(timer);
      };
    },
    [active],
  );
  return useSyncExternalStore(subscribe, () => version.current);
}

/** How often to ask for what is announced on a topic, where `poll` says how often without that. */
export function useAnnounced(
  topic: Topic,
  tenant: string | null | undefined,
): (poll: number | false) => number | false {
  const announced = useWant(tenant === undefined ? null : { tenant, topics: [topic] });
  return (poll) => (announced && poll !== false ? SAFETY_MS : poll);
}

/** An announcement may be lost while Redis does not answer. */
const SAFETY_MS = 60_000;
