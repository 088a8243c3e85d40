import type { AsOf } from "../api/types";
import type { LiveValue } from "../stream";

export interface ReadValues {
  at: number;
  live: boolean;
  bySensor: Map<string, AsOf>;
}

/**
 * What was read, with newer values of the stream. Of each sensor counts what the server said last, not the newer sample:
 * a sample may have been deleted since.
 */
export function overlaid(
  read: ReadValues,
  streamed: (sensor: string) => LiveValue | undefined,
  now: number,
): ReadValues {
  const at = Math.max(read.at, now);
  const bySensor = new Map<string, AsOf>();
  for (const [sensor, value] of read.bySensor) {
    const newer = streamed(sensor);
    const shown = newer && newer.at > read.at ? newer.value : value;
    bySensor.set(sensor, shown.t === null ? shown : { ...shown, age: Math.max(0, at - shown.t!) });
  }
  return { ...read, at, bySensor };
}
