import { formatMoment } from "../format";
import type { Event } from "../api/types";
import { texts } from "./texts";

/** Events that are drawn as one, because they are too close to be told apart. `t` is that of the first. */
export interface Mark {
  t: number;
  events: Event[];
}

const MAX_LINES = 6;
const MAX_FIELDS = 4;
const MAX_VALUE_CHARS = 40;

/** The events of a span as at most `places` marks, in order of time. */
export function marksOf(events: readonly Event[], start: number, end: number, places: number): Mark[] {
  const width = (end - start) / Math.max(1, places);
  const marks = new Map<number, Mark>();
  for (const event of [...events].sort((a, b) => a.ts - b.ts)) {
    if (event.ts < start || event.ts >= end) continue;
    const place = Math.floor((event.ts - start) / width);
    const mark = marks.get(place);
    if (mark) mark.events.push(event);
    else marks.set(place, { t: event.ts, events: [event] });
  }
  return [...marks.values()];
}

/** What a mark says: a line per event, with its time, type, device and first fields. */
export function describeMark(mark: Mark, zone: string): string {
  const lines = mark.events.slice(0, MAX_LINES).map((event) => {
    const fields = Object.entries({ ...event.fields, ...event.context }).slice(0, MAX_FIELDS);
    const values = fields.map(([name, value]) => `${name} ${shown(value)}`).join(", ");
    const head = `${formatMoment(event.ts, zone)}  ${texts.from(event.type, event.device)}`;
    return values ? `${head}: ${values}` : head;
  });
  const rest = mark.events.length - lines.length;
  if (rest > 0) lines.push(texts.more(rest));
  return lines.join("\n");
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text;
}
