import { useEffect, useRef, useState, useSyncExternalStore } from "react";
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

/** The stream that was open is lost, and its values are not renewed by anything else yet. */
export function useReconnecting(): boolean {
  const [state, byItself] = [useStreamState(), useComesByItself()];
  return state === "reconnecting" && byItself;
}

/** Asks for these while they are shown. Whether they come by themselves; if not, the page has to ask for them. */
export function useWant(want: Want | null): boolean {
  const key = want && JSON.stringify(want);
  useEffect(() => (key === null ? undefined : liveStream.want(JSON.parse(key) as Want)), [key]);
  return useComesByItself() && want !== null;
}

/** Changes when the page has to be drawn again because of new values or because time has passed. */
export function useStreamedVersion(active: boolean): number {
  const [version, setVersion] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (!active) return;
    const draw = () => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        setVersion((old) => old + 1);
      }, DRAW_MS);
    };
    const end = liveStream.listen({ values: draw, alive: draw });
    return () => {
      end();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [active]);
  return version;
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
