import { isFault } from "./state";
import type { Entry } from "./types";

/** Why a value is abnormal: beyond its sensor's range, or a state that is a fault. */
export type Abnormal = "high" | "low" | "fault";

interface Limited {
  kind: string;
  range?: readonly [number, number] | null;
  states?: Record<string, string> | null;
}

/** Undefined if the value is normal, unknown, or too old to say. */
export function abnormalOf(entry: Entry | undefined, sensor: Limited | undefined): Abnormal | undefined {
  if (!entry || !sensor || entry.v === null || entry.stale) return undefined;
  if (sensor.kind === "discrete") return isFault(sensor.states?.[String(entry.v)]) ? "fault" : undefined;
  if (sensor.kind !== "continuous" || typeof entry.v !== "number" || !sensor.range) return undefined;
  const [low, high] = sensor.range;
  return entry.v > high ? "high" : entry.v < low ? "low" : undefined;
}
