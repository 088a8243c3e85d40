/** How much was left to do at a moment. */
export interface Seen {
  t: number;
  left: number;
}

const SURE_MS = 8000;

/** The look from which the pace is taken: the first, or the last at which there was more to do than ever before. */
export const startOf = (start: Seen | null, now: Seen): Seen => (!start || now.left > start.left ? now : start);

/** How long the rest takes at the pace since `start`, in ms; null while that cannot be told. */
export function restOf(start: Seen, now: Seen): number | null {
  const passed = now.t - start.t;
  const done = start.left - now.left;
  return passed >= SURE_MS && done > 0 ? (now.left / done) * passed : null;
}
