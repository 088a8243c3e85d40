import { parseInstant } from "../../format";
import type { TimeWindow } from "./window";

/** Shorter loops would only flicker. */
const MIN_LOOP_MS = 1000;

/** `loop=` of an address: two instants. */
export function readLoop(text: string | null): TimeWindow | null {
  const [start, end, ...rest] = (text ?? "").split(",").map(parseInstant);
  return typeof start === "number" && typeof end === "number" && rest.length === 0 && end - start >= MIN_LOOP_MS
    ? { start, end }
    : null;
}

export const writeLoop = (loop: TimeWindow | null): string | null =>
  loop && `${Math.round(loop.start)},${Math.round(loop.end)}`;

/** The loop with one of its ends at `at`; without the other, or beyond it, as long as `span` allows. */
export function loopFrom(loop: TimeWindow | null, at: number, span: number): TimeWindow {
  return { start: at, end: loop && loop.end - at >= MIN_LOOP_MS ? loop.end : at + span / 8 };
}
export function loopUntil(loop: TimeWindow | null, at: number, span: number): TimeWindow {
  return { start: loop && at - loop.start >= MIN_LOOP_MS ? loop.start : at - span / 8, end: at };
}

/** Where a moment that moved to `at` continues: at the loop's other end once it has left it in its direction. */
export function looped(at: number, loop: TimeWindow | null, forward: boolean): number {
  if (!loop) return at;
  const length = loop.end - loop.start;
  if (at < loop.start) return forward ? loop.start : loop.end - ((loop.start - at) % length);
  if (at > loop.end) return forward ? loop.start + ((at - loop.end) % length) : loop.end;
  return at;
}
