/** How much was left at a moment. */
export interface Progress {
  t: number;
  left: number;
}

const MIN_OBSERVED_MS = 8000;

/** The observation that the rate is measured from: the first, or the latest at which more was left than before. */
export const rateStart = (start: Progress | null, now: Progress): Progress =>
  !start || now.left > start.left ? now : start;

/** How long the rest takes at the rate since `start`, in ms; null while it cannot be estimated. */
export function remainingMs(start: Progress, now: Progress): number | null {
  const passed = now.t - start.t;
  const done = start.left - now.left;
  return passed >= MIN_OBSERVED_MS && done > 0 ? (now.left / done) * passed : null;
}
