import { symbolOf } from "./library";
import type { Entry, Placement } from "./types";

/** What a symbol shows. "none": nothing is bound; "unknown": bound, but there is no value or only an old one. */
export type State = "none" | "unknown" | "running" | "stopped" | "fault" | "open" | "closed" | "between";

interface Meaning {
  kind: string;
  states?: Record<string, string> | null;
}

const FAULT = /trip|fault|fail|error|alarm|störung/i;
const CLOSED_BELOW = 2;
const OPEN_ABOVE = 98;

export type ValueOf = (sensor: string) => Entry | undefined;
export type SensorOf = (sensor: string) => Meaning | undefined;

export function stateOf(placement: Placement, value: ValueOf, sensor: SensorOf): State {
  const states = symbolOf(placement.symbol)?.states ?? "none";
  const binding = placement.slots?.[states === "running" ? "run" : "position"];
  if (states === "none" || !binding) return "none";
  const entry = value(binding.sensor);
  const v = entry?.v;
  // What was running long ago may have stopped since.
  if (v === null || v === undefined || entry?.stale) return "unknown";
  const meaning = sensor(binding.sensor);
  const name = meaning?.states?.[String(v)];
  if (states === "running") {
    if (name !== undefined && FAULT.test(name)) return "fault";
    return Number(v) > (binding.above ?? 0) ? "running" : "stopped";
  }
  if (meaning?.kind === "discrete" || (binding.above ?? null) !== null) {
    return Number(v) > (binding.above ?? 0) ? "open" : "closed";
  }
  return Number(v) <= CLOSED_BELOW ? "closed" : Number(v) >= OPEN_ABOVE ? "open" : "between";
}

/** A slot's value as a part of 0 to 1 of a percentage, for levels; undefined without a value. */
export function shareOf(placement: Placement, slot: string, value: ValueOf): number | undefined {
  const binding = placement.slots?.[slot];
  const v = binding && value(binding.sensor)?.v;
  return typeof v === "number" ? Math.min(1, Math.max(0, v / 100)) : undefined;
}
