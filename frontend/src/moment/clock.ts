import { useSyncExternalStore } from "react";

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function read() {
  // Without subscribers the clock does not tick; the first one sets it.
  if (timer === undefined) now = Date.now();
  return now;
}

/** A primitive derived from the clock; renders again only when it changes. */
export function useNowOf<T extends string | number | boolean | undefined>(select: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => select(read()));
}

/** The clock, once a second, the same tick for everything on the page. */
export const useNow = (): number => useSyncExternalStore(subscribe, read, read);
