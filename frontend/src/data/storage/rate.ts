/** The remaining amount at a moment. */
export interface Progress {
  t: number;
  left: number;
}

const MIN_OBSERVED_MS = 8000;

/** The observation from which the rate is measured: the first, or the latest at which the remaining amount grew. */
export const rateStart = (start: Progress | null, now: Progress): Progress =>
  !start || now.left > start.left ? now : start;

/** Estimated time for the rest at the rate since `start`, in ms; null while it cannot be estimated. */
export function remainingMs(start: Progress, now: Progress): number | null {
  const passed = now.t - start.t;
  const done = start.left - now.left;
  return passed >= MIN_OBSERVED_MS && done > 0 ? (now.left / done) * passed : null;
}
