import type { Alarm, Priority, Transition } from "./types";

/** One time that an alarm was active within a span; open ends are those of the span. */
export interface Occurrence {
  key: string;
  name: string;
  priority: Priority;
  sensor: string;
  tag: string;
  asset: string | null;
  start: number;
  /** When it returned to normal; null while it has not. */
  end: number | null;
  /** When somebody acknowledged it; null while nobody has. */
  acknowledged: number | null;
}

const ENDS = new Set(["returned", "disabled", "out_of_service"]);

/**
 * What was active from `start` on: what the list showed then, and what the journal says has happened since (in any
 * order). Entries of an occurrence whose beginning is unknown are ignored.
 */
export function occurrencesOf(atStart: readonly Alarm[], journal: readonly Transition[]): Occurrence[] {
  const found: Occurrence[] = [];
  const open = new Map<string, Occurrence>();
  for (const alarm of atStart) {
    if (alarm.raised === null || alarm.out_of_service) continue;
    const one: Occurrence = {
      key: alarm.key,
      name: alarm.name,
      priority: alarm.priority,
      sensor: alarm.target.id,
      tag: alarm.target.tag,
      asset: alarm.asset?.id ?? null,
      start: alarm.raised,
      end: alarm.returned,
      acknowledged: alarm.acknowledged,
    };
    found.push(one);
    open.set(alarm.key, one);
  }
  for (const entry of [...journal].sort((a, b) => a.t - b.t || a.number - b.number)) {
    const one = open.get(entry.key);
    if (entry.what === "raised") {
      if (one && one.end === null) continue;
      const raised: Occurrence = {
        key: entry.key,
        name: entry.name,
        priority: entry.priority,
        sensor: entry.target.id,
        tag: entry.target.tag,
        asset: entry.asset?.id ?? null,
        start: entry.t,
        end: null,
        acknowledged: null,
      };
      found.push(raised);
      open.set(entry.key, raised);
    } else if (one && ENDS.has(entry.what)) one.end ??= entry.t;
    else if (one && entry.what === "acknowledged") one.acknowledged ??= entry.t;
  }
  return found;
}

/** What one asset or sensor shows of its alarms. */
export interface Standing {
  priority: Priority;
  unacknowledged: boolean;
  count: number;
  name: string;
}

/** The most important of several, unacknowledged before acknowledged of the same priority. */
function worse(a: Standing | undefined, b: Standing): Standing {
  if (!a) return b;
  const first = a.priority < b.priority || (a.priority === b.priority && a.unacknowledged >= b.unacknowledged) ? a : b;
  return { ...first, unacknowledged: a.unacknowledged || b.unacknowledged, count: a.count + b.count };
}

/** By asset's and by sensor's id, of those that stand in the list. */
export function standingOfList(alarms: readonly Alarm[]): Map<string, Standing> {
  const found = new Map<string, Standing>();
  for (const alarm of alarms) {
    const unacknowledged = alarm.condition === "unacknowledged" || alarm.condition === "returned";
    const one = { priority: alarm.priority, unacknowledged, count: 1, name: alarm.name };
    for (const id of new Set([alarm.asset?.id, alarm.target.id])) if (id) found.set(id, worse(found.get(id), one));
  }
  return found;
}

/** The same at a past moment. */
export function standingAt(occurrences: readonly Occurrence[], at: number): Map<string, Standing> {
  const found = new Map<string, Standing>();
  for (const each of occurrences) {
    const acknowledged = each.acknowledged !== null && each.acknowledged <= at;
    const ended = each.end !== null && each.end <= at;
    if (each.start > at || (ended && acknowledged)) continue;
    // Returned to normal, and nobody has seen it: it stays on the list, as an acknowledgement is still due.
    const one = { priority: each.priority, unacknowledged: !acknowledged, count: 1, name: each.name };
    for (const id of new Set([each.asset, each.sensor])) if (id) found.set(id, worse(found.get(id), one));
  }
  return found;
}

export interface Bar {
  priority: Priority;
  start: number;
  end: number;
  occurrences: Occurrence[];
}

/**
 * A ribbon: parts of a span with the most important priority that was active in each, on a raster of `places`. Parts
 * which touch and have the same priority are one.
 */
export function ribbonOf(occurrences: readonly Occurrence[], start: number, end: number, places: number): Bar[] {
  const width = (end - start) / Math.max(1, Math.floor(places));
  const cells: (Occurrence[] | undefined)[] = [];
  for (const each of occurrences) {
    const until = Math.min(each.end ?? end, end);
    if (until < start || each.start >= end) continue;
    const first = Math.max(0, Math.floor((each.start - start) / width));
    const last = Math.max(first, Math.min(Math.ceil((until - start) / width), Math.floor(places)) - 1);
    for (let cell = first; cell <= last; cell += 1) (cells[cell] ??= []).push(each);
  }
  const bars: Bar[] = [];
  for (let cell = 0; cell < cells.length; cell += 1) {
    const here = cells[cell];
    if (!here) continue;
    const priority = Math.min(...here.map((each) => each.priority)) as Priority;
    const [from, to] = [start + cell * width, start + (cell + 1) * width];
    const before = bars.at(-1);
    if (before?.priority === priority && Math.abs(before.end - from) < width / 2) {
      before.end = to;
      for (const each of here) if (!before.occurrences.includes(each)) before.occurrences.push(each);
    } else bars.push({ priority, start: from, end: to, occurrences: [...here] });
  }
  return bars;
}
