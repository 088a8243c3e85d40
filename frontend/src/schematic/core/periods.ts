import type { TimeWindow } from "./window";

/** A named stretch of time, such as a batch or a test. */
export interface Period extends TimeWindow {
  id: string;
  name: string;
}

/** How two periods are shown together: the first from its start, the other so much earlier; as long as both last. */
export function together(one: TimeWindow, other: TimeWindow): { at: number; loop: TimeWindow; shift: number } {
  const length = Math.min(one.end - one.start, other.end - other.start);
  return { at: one.start, loop: { start: one.start, end: one.start + length }, shift: one.start - other.start };
}
