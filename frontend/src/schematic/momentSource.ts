import { useSyncExternalStore } from "react";
import { momentNow, onMoment } from "../moment";

/** Which moment a drawing shows: the application's, or one that is compared with it. Null is live. */
export interface MomentSource {
  now: () => number | null;
  listen: (listener: () => void) => () => void;
}

export const APPLICATION: MomentSource = { now: momentNow, listen: onMoment };

export const fixedAt = (at: number): MomentSource => ({ now: () => at, listen: () => () => {} });

/** Beside the present a shifted moment moves in steps: each is a frame of its own to read. */
const LIVE_STEP_MS = 10_000;

/** `ms` earlier than the application's moment, moving with it. */
export function shiftedBy(ms: number): MomentSource {
  const now = () => (momentNow() ?? Math.floor(Date.now() / LIVE_STEP_MS) * LIVE_STEP_MS) - ms;
  const listen = (listener: () => void) => {
    const end = onMoment(listener);
    const timer = setInterval(() => momentNow() === null && listener(), LIVE_STEP_MS);
    return () => {
      end();
      clearInterval(timer);
    };
  };
  return { now, listen };
}

/** A primitive derived from a source's moment; renders again only when it changes. */
export function useSourceOf<T extends string | number | boolean | null>(
  source: MomentSource,
  select: (at: number | null) => T,
): T {
  const read = () => select(source.now());
  return useSyncExternalStore(source.listen, read, read);
}
