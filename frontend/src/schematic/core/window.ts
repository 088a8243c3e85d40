/** The stretch of time that the time bar shows. */
export interface Window {
  start: number;
  end: number;
}

export const SPANS: readonly [string, number][] = [
  ["8h", 8 * 3_600_000],
  ["1d", 86_400_000],
  ["7d", 7 * 86_400_000],
  ["30d", 30 * 86_400_000],
  ["1y", 365 * 86_400_000],
];
export const DEFAULT_SPAN = 7 * 86_400_000;
/** A past moment is given so much of the window after it, when the window is moved to it. */
const AFTER = 0.25;

/**
 * The window for a moment: up to now while live or while now is in reach; around older moments; and where `end` is
 * pinned (somebody looks at that stretch) that one, as long as the moment lies in it.
 */
export function windowAt(at: number | null, now: number, span: number, end: number | null): Window {
  if (at === null) return { start: now - span, end: now };
  if (end !== null && at <= end && at >= end - span) return { start: end - span, end };
  if (at >= now - span && at <= now) return { start: now - span, end: now };
  const to = Math.round(at + span * AFTER);
  return { start: to - span, end: to };
}

/** How far one press of an arrow goes: a round step of about a hundredth of the span. */
export function stepOf(span: number): number {
  const steps = [10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 43_200_000, 86_400_000];
  return steps.findLast((step) => step <= span / 96) ?? 10_000;
}

/** Round moments for the axis, in plant time (`offset` ms east of UTC), about `most` of them. */
export function ticksOf({ start, end }: Window, offset: number, most: number): number[] {
  const steps = [
    60_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
    172_800_000, 432_000_000, 864_000_000, 1_296_000_000, 2_592_000_000, 5_184_000_000, 7_776_000_000,
  ];
  const step = steps.find((each) => (end - start) / each <= most) ?? steps[steps.length - 1]!;
  const first = Math.ceil((start + offset) / step) * step - offset;
  const ticks: number[] = [];
  for (let tick = first; tick < end; tick += step) ticks.push(tick);
  return ticks;
}
