import { valueIn } from "./playback";
import type { PlaybackData } from "./types";
import type { TimeWindow } from "./window";

type Value = number | string;

/** A change of state that playback data shows. It happened after the frame before `t`, and at or before `t`. */
export interface StateChange {
  t: number;
  sensor: string;
  from: Value;
  to: Value;
  /** Within the frame the state changed and changed back. */
  passed: boolean;
}

/** Changes of these sensors' states, ascending. */
export function stateChanges(
  run: Pick<PlaybackData, "t" | "columns" | "changed"> | undefined,
  sensors: Iterable<string>,
): StateChange[] {
  const found: StateChange[] = [];
  for (const sensor of run ? new Set(sensors) : []) {
    const column = run!.columns.get(sensor);
    if (!column) continue;
    const passed = new Set<number>();
    for (const [from, to] of run!.changed[sensor] ?? []) for (let i = from; i < to; i += 1) passed.add(i);
    const { v } = column;
    for (let i = 1; i < v.length; i += 1) {
      if (v[i] === v[i - 1] && !passed.has(i)) continue;
      const [from, to] = [valueIn(column, i - 1), valueIn(column, i)];
      if (from === null || to === null) continue;
      found.push({ t: run!.t[i]!, sensor, from, to, passed: from === to });
    }
  }
  return found.sort((a, b) => a.t - b.t);
}

/** Changes that are drawn as one, because they are too close to be told apart. `t` is that of the first. */
export interface ChangeMark {
  t: number;
  changes: StateChange[];
}

export function changeMarks(changes: readonly StateChange[], window: TimeWindow, places: number): ChangeMark[] {
  const width = (window.end - window.start) / Math.max(1, places);
  const marks = new Map<number, ChangeMark>();
  for (const change of changes) {
    if (change.t < window.start || change.t >= window.end) continue;
    const place = Math.floor((change.t - window.start) / width);
    const mark = marks.get(place);
    if (mark) mark.changes.push(change);
    else marks.set(place, { t: change.t, changes: [change] });
  }
  return [...marks.values()];
}
