/** The range that the time bar shows. */
export interface TimeWindow {
  start: number;
  end: number;
}

export const SPANS: readonly [string, number][] = [
  ["8h", 8 * 3_600_000],
  ["1d", 86_400_000],
  ["7d", 7 * 86_400_000],
  ["30d", 30 * 86_400_000],
  ["1y", 365 * 86_400_000],
  ["3y", 3 * 365 * 86_400_000],
];
export const DEFAULT_SPAN = 7 * 86_400_000;
export const MIN_SPAN_MS = 60_000;
export const MAX_SPAN_MS = 30 * 365 * 86_400_000;

/** Limits for a span in an address, which may be anything. */
export const clampSpan = (ms: number): number => Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, ms));
/** The fraction of the window after a past moment, when the window is moved to it. */
const SHARE_AFTER = 0.25;

/**
 * The window for a moment: up to now while live or while now is within reach; around older moments; and if `end` is
 * pinned (the user stays with that range), that one, as long as it contains the moment.
 */
export function windowAt(at: number | null, now: number, span: number, end: number | null): TimeWindow {
  if (at === null) return { start: now - span, end: now };
  if (end !== null && at <= end && at >= end - span) return { start: end - span, end };
  if (at >= now - span && at <= now) return { start: now - span, end: now };
  const to = Math.round(at + span * SHARE_AFTER);
  return { start: to - span, end: to };
}

/** How far an arrow key moves: a round step of about a hundredth of the span. */
export function stepOf(span: number): number {
  const steps = [
    10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 43_200_000, 86_400_000, 604_800_000, 2_592_000_000,
  ];
  return steps.findLast((step) => step <= span / 96) ?? 10_000;
}
