import { useSyncExternalStore } from "react";
import { parseInstant } from "../format";

/**
 * The moment that the whole application shows: null is live, otherwise epoch ms.
 *
 * It is in the address as `at=`. While the playhead is dragged it moves 60 times a second, and browsers refuse that
 * many history entries, so the address follows once it rests, or a second behind, and replaces its own entry.
 */
let at: number | null = read();
let timer: ReturnType<typeof setTimeout> | undefined;
let due = 0;
const listeners = new Set<() => void>();

function read(): number | null {
  return typeof location === "undefined" ? null : parseInstant(new URLSearchParams(location.search).get("at"));
}

function notify() {
  for (const listener of listeners) listener();
}

function write(replace: boolean) {
  const search = new URLSearchParams(location.search);
  if (at === null) search.delete("at");
  else search.set("at", String(at));
  const text = search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  const url = location.pathname + (text && `?${text}`) + location.hash;
  if (url === location.pathname + location.search + location.hash) return;
  if (replace) history.replaceState(history.state, "", url);
  else history.pushState(null, "", url);
}

/** Moves the whole application to `ms`, or back to live with null. Leaving and rejoining live add history entries. */
export function setMoment(ms: number | null): void {
  const next = ms === null ? null : Math.round(ms);
  if (next === at) return;
  const crossing = (next === null) !== (at === null);
  if (crossing) flushMoment();
  at = next;
  if (crossing) write(false);
  else writeSoon();
  notify();
}

const REST_MS = 150;
const MOVING_MS = 1000;

function writeSoon() {
  const now = Date.now();
  if (timer === undefined) due = now + MOVING_MS;
  clearTimeout(timer);
  timer = setTimeout(flushMoment, Math.max(0, Math.min(REST_MS, due - now)));
}

/** Writes a pending moment into the address at once, before anything else changes it. */
export function flushMoment(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  write(true);
}

function follow() {
  if (timer !== undefined) return;
  const found = read();
  if (found === at) return;
  at = found;
  notify();
}

if (typeof window !== "undefined") {
  // wouter announces pushState and replaceState as events of the same names.
  for (const event of ["popstate", "pushState", "replaceState"]) window.addEventListener(event, follow);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const momentNow = (): number | null => at;

/** Subscribes to every move of the moment, for what must follow a dragged playhead without rendering. */
export const onMoment: (listener: () => void) => () => void = subscribe;

/** A primitive derived from the moment; renders again only when it changes. */
export function useMomentOf<T extends string | number | boolean | null | undefined>(
  select: (at: number | null) => T,
): T {
  const read = () => select(at);
  return useSyncExternalStore(subscribe, read, read);
}

export function useMoment(): { at: number | null; live: boolean; setAt: (ms: number | null) => void } {
  const value = useSyncExternalStore(subscribe, momentNow, momentNow);
  return { at: value, live: value === null, setAt: setMoment };
}
