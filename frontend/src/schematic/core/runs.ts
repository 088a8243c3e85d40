import { frameAt, valueIn } from "./playback";
import type { Entry, Playback } from "./types";

/** Playback columns loaded ahead, several stretches at different steps; the finest that covers a moment answers. */
export class Runs {
  private runs: Playback[] = [];
  private static readonly MOST = 6;

  add(run: Playback): void {
    if (run.t.length < 2) return;
    this.runs = [run, ...this.runs].slice(0, Runs.MOST);
  }

  clear(): void {
    this.runs = [];
  }

  covering(at: number): Playback | undefined {
    let best: Playback | undefined;
    for (const run of this.runs) {
      if (at < run.t[0]! || at > run.t[run.t.length - 1]!) continue;
      if (!best || stepOf(run) < stepOf(best)) best = run;
    }
    return best;
  }
}

const stepOf = (run: Playback) => run.t[1]! - run.t[0]!;

/** Every value of a run at a moment; their own times are not known here, so `t` is null. */
export function valuesAt(run: Playback, at: number): [string, Entry][] {
  const frame = frameAt(run.t, at);
  if (frame < 0) return [];
  const within = (runs: [number, number][] | undefined) =>
    runs !== undefined && runs.some(([from, to]) => frame >= from && frame < to);
  return [...run.columns].map(([sensor, column]) => {
    const v = valueIn(column, frame);
    const bad = within(run.bad[sensor]);
    const stale = within(run.stale[sensor]);
    const changed = within(run.changed[sensor]);
    const reason = v === null ? "no data" : bad ? "bad quality" : stale ? "too old" : null;
    return [sensor, { v, t: null, stale, q: bad ? 2 : 0, reason, ...(changed && { changed }) }];
  });
}
