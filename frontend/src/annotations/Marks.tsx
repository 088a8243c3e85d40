import { memo, useEffect, useMemo, useRef } from "react";
import { useParams } from "../moment";
import { useSite } from "../tenant";
import styles from "./annotations.module.css";
import { useNotes } from "./data";
import type { Targets } from "./data";
import { useShownTargets } from "./targets";
import { describeMark, endOf, marksOf } from "./marks";
import type { Mark } from "./marks";
import { texts } from "./texts";

/** Marks need as many pixels as a pointer needs to hit one of them. */
const MARK_PX = 14;

interface Props {
  start: number;
  end: number;
  width: number;
  zone: string;
}

function useMarks({ start, end, width }: Props, targets: Targets) {
  const { notes, error } = useNotes(useSite()?.id, start, end, targets);
  const places = Math.max(1, Math.floor(width / MARK_PX));
  const marks = useMemo(() => marksOf(notes, start, end, places), [notes, start, end, places]);
  const ranges = useMemo(() => notes.filter((note) => note.end !== null), [notes]);
  return { marks, ranges, error };
}

/** Flags at the foot of a chart, each a button that opens the note; a pale band shows a range. */
export function NoteMarks(props: Props) {
  const { start, end, width, zone } = props;
  const { marks, ranges, error } = useMarks(props, useShownTargets());
  const [, change] = useParams();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The chart around it listens itself, not through React, and would begin a gesture.
    const element = ref.current;
    const keep = (event: Event) => event.stopPropagation();
    element?.addEventListener("pointerdown", keep);
    return () => element?.removeEventListener("pointerdown", keep);
  }, []);
  const xOf = (t: number) => ((Math.min(end, Math.max(start, t)) - start) / (end - start)) * width;
  const open = ({ notes }: Mark) => change({ pane: "notes", note: notes[0]!.id }, { replace: true });
  return (
    <div className={styles.marks} data-testid="note-marks" ref={ref}>
      {ranges.map((note) => (
        <div
          key={note.id}
          className={styles.range}
          style={{ left: xOf(note.start), width: Math.max(2, xOf(endOf(note)) - xOf(note.start)) }}
        />
      ))}
      {marks.map((mark) => {
        const text = describeMark(mark, zone);
        return (
          <button
            key={mark.t}
            type="button"
            className={styles.flag}
            style={{ left: xOf(mark.t) }}
            data-several={mark.notes.length > 1 || undefined}
            aria-label={text}
            title={text}
            onClick={() => open(mark)}
          />
        );
      })}
      {error && <p role="status">{texts.unavailable}</p>}
    </div>
  );
}

interface TickProps extends Props {
  left: number;
  top: number;
}

/** The same on the time bar, inside its drawing. */
export const NoteTicks = memo(function NoteTicks({ left, top, ...props }: TickProps) {
  const { start, end, width, zone } = props;
  const { marks, ranges } = useMarks(props, null);
  const xOf = (t: number) => left + ((Math.min(end, Math.max(start, t)) - start) / (end - start)) * width;
  return (
    <g className={styles.ticks} data-testid="note-ticks">
      {ranges.map((note) => (
        <line
          key={note.id}
          x1={xOf(note.start)}
          x2={Math.max(xOf(endOf(note)), xOf(note.start) + 2)}
          y1={top}
          y2={top}
        />
      ))}
      {marks.map((mark) => {
        const text = describeMark(mark, zone);
        const x = xOf(mark.t);
        return (
          <path
            key={mark.t}
            role="img"
            aria-label={text}
            data-several={mark.notes.length > 1 || undefined}
            d={`M${x} ${top}v-11h9l-2.5 3l2.5 3h-9`}
          >
            <title>{text}</title>
          </path>
        );
      })}
    </g>
  );
});
