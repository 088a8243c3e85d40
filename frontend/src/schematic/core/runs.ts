import { frameAt } from "./playback";
import type { Entry, PlaybackAnswer } from "./types";

/** Playback columns loaded ahead, several stretches at different steps; the finest that covers a moment answers. */
export class Runs {
  private runs: PlaybackAnswer[] = [];
  private static readonly MOST = 6;

  add(run: PlaybackAnswer): void {
    if (run.t.length < 2) return;
    this.runs = [run, ...this.runs].slice(0, Runs.MOST);
  }

  clear(): void {
    this.runs = [];
  }

  covering(at: number): PlaybackAnswer | undefined {
    let best: PlaybackAnswer | undefined;
    for (const run of this.runs) {
      if (at < run.t[0]! || at > run.t[run.t.length - 1]!) continue;
      if (!best || stepOf(run) < stepOf(best)) best = run;
    }
    return best;
  }
}

const stepOf = (run: PlaybackAnswer) => run.t[1]! - run.t[0]!;

/** Every value of a run at a moment; their own times are not known here, so `t` is null. */
export function valuesAt(run: PlaybackAnswer, at: number): [string, Entry][] {
  const frame = frameAt(run.t, at);
  if (frame < 0) return [];
  const within = (runs: [number, number][] | undefined) =>
    runs !== undefined && runs.some(([from, to]) => frame >= from && frame < to);
  return Object.entries(run.columns).map(([sensor, column]) => {
    const v = column[frame] ?? null;
    const bad = within(run.bad[sensor]);
    const stale = within(run.stale[sensor]);
    const reason = v === null ? "no data" : bad ? "bad quality" : stale ? "too old" : null;
    return [sensor, { v, t: null, stale, q: bad ? 2 : 0, reason }];
  });
}
