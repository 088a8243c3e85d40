import { useSyncExternalStore } from "react";

/** The cursor's position. It moves with the pointer, so it is not page state: only its subscribers render again. */
export interface Cursor {
  get: () => number | null;
  set: (t: number | null) => void;
  subscribe: (listener: () => void) => () => void;
}

export function makeCursor(initial: number | null): Cursor {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (t) => {
      if (t === value) return;
      value = t;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useCursor = (cursor: Cursor): number | null =>
  useSyncExternalStore(cursor.subscribe, cursor.get, cursor.get);
