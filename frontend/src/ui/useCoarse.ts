import { useSyncExternalStore } from "react";

const query = typeof matchMedia === "undefined" ? undefined : matchMedia("(pointer: coarse)");

function subscribe(listener: () => void) {
  query?.addEventListener("change", listener);
  return () => query?.removeEventListener("change", listener);
}

/** A touch screen rather than a mouse: rows and controls are 44 px then. */
export const useCoarse = (): boolean => useSyncExternalStore(subscribe, () => query?.matches ?? false);
