import type { PlaybackAnswer } from "./types";

/** The frame at or before `at`: an index into `t`, or -1 before the first. */
export function frameAt(t: readonly number[], at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Moments at which one of these sensors (states of machines and valves) changes, and versions begin; ascending. */
export function eventsOf(run: PlaybackAnswer, sensors: Iterable<string>): number[] {
  const found = new Set(run.versions.map((version) => version.valid_from));
  for (const sensor of sensors) {
    const column = run.columns[sensor];
    if (!column) continue;
    for (let i = 1; i < column.length; i += 1) {
      const before = column[i - 1] ?? null;
      const now = column[i] ?? null;
      if (before !== null && now !== null && before !== now) found.add(run.t[i]!);
    }
  }
  return [...found].sort((a, b) => a - b);
}

export function nextEvent(events: readonly number[], at: number, way: 1 | -1): number | undefined {
  return way > 0 ? events.find((event) => event > at) : events.findLast((event) => event < at);
}
