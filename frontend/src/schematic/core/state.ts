import { symbolOf } from "./library";
import type { Binding, Entry, Placement } from "./types";

/** What a symbol shows. "none": nothing is bound; "unknown": bound, but without a value or with a stale one. */
export type State = "none" | "unknown" | "running" | "stopped" | "fault" | "open" | "closed" | "between";

interface Meaning {
  kind: string;
  states?: Record<string, string> | null;
  unit?: string;
  range?: readonly [number, number] | null;
}

const FAULT = /trip|fault|fail|error|alarm|störung/i;
const CLOSED_BELOW = 2;
const OPEN_ABOVE = 98;

export const isFault = (name: string | undefined): boolean => name !== undefined && FAULT.test(name);

export type ValueOf = (sensor: string) => Entry | undefined;
export type SensorOf = (sensor: string) => Meaning | undefined;

/** What gives the symbol its state. */
export function stateBinding(placement: Placement): Binding | undefined {
  const states = symbolOf(placement.symbol)?.states ?? "none";
  return states === "none" ? undefined : placement.slots?.[states === "running" ? "run" : "position"];
}

export function stateOf(placement: Placement, value: ValueOf, sensor: SensorOf): State {
  const states = symbolOf(placement.symbol)?.states;
  const binding = stateBinding(placement);
  if (!binding) return "none";
  const entry = value(binding.sensor);
  const v = entry?.v;
  // A machine that was running long ago may have stopped since.
  if (v === null || v === undefined || entry?.stale) return "unknown";
  const meaning = sensor(binding.sensor);
  const name = meaning?.states?.[String(v)];
  if (states === "running") {
    if (isFault(name)) return "fault";
    return Number(v) > (binding.above ?? 0) ? "running" : "stopped";
  }
  if (meaning?.kind === "discrete" || (binding.above ?? null) !== null) {
    return Number(v) > (binding.above ?? 0) ? "open" : "closed";
  }
  return Number(v) <= CLOSED_BELOW ? "closed" : Number(v) >= OPEN_ABOVE ? "open" : "between";
}

/** A value's fraction of its sensor's range, 0 to 1 (percentages without a range: 0 to 100); undefined if unknown. */
export function shareOf(entry: Entry | undefined, sensor: Meaning | undefined): number | undefined {
  const [low, high] = sensor?.range ?? (sensor?.unit === "%" ? [0, 100] : [0, 0]);
  if (typeof entry?.v !== "number" || entry.stale || high <= low) return undefined;
  return Math.min(1, Math.max(0, (entry.v - low) / (high - low)));
}
