import type { Annotation } from "../api/types";
import { formatMoment } from "../format";
import { texts } from "./texts";

/** Notes that are drawn as one, because they are too close to be told apart. `t` is where the first begins. */
export interface Mark {
  t: number;
  notes: Annotation[];
}

const MAX_LINES = 5;
const MAX_CHARS = 160;

export const endOf = (note: Annotation): number => note.end ?? note.start;

/** The notes that touch a span as at most `places` marks, in order of time; one that began before is at its edge. */
export function marksOf(notes: readonly Annotation[], start: number, end: number, places: number): Mark[] {
  const width = (end - start) / Math.max(1, places);
  const marks = new Map<number, Mark>();
  for (const note of [...notes].sort((a, b) => a.start - b.start)) {
    if (note.start >= end || endOf(note) < start) continue;
    const t = Math.max(start, note.start);
    const place = Math.floor((t - start) / width);
    const mark = marks.get(place);
    if (mark) mark.notes.push(note);
    else marks.set(place, { t, notes: [note] });
  }
  return [...marks.values()];
}

/** What a mark says: for each note its time, author and the beginning of its text. */
export function describeMark(mark: Mark, zone: string): string {
  const lines = mark.notes.slice(0, MAX_LINES).map((note) => {
    const text = note.text.length > MAX_CHARS ? `${note.text.slice(0, MAX_CHARS)}…` : note.text;
    return `${timeOf(note, zone)}  ${note.author}: ${text}`;
  });
  const rest = mark.notes.length - lines.length;
  if (rest > 0) lines.push(texts.more(rest));
  return lines.join("\n");
}

/** When a note is about: a moment, or from when to when. */
export function timeOf({ start, end }: Pick<Annotation, "start" | "end">, zone: string): string {
  return end === null ? formatMoment(start, zone) : `${formatMoment(start, zone)} – ${formatMoment(end, zone)}`;
}
