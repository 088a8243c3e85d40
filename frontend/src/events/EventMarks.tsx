import { memo, useMemo } from "react";
import { MAX_EVENTS, useEvents } from "./data";
import styles from "./events.module.css";
import { describeMark, marksOf } from "./marks";
import { texts } from "./texts";

/** Marks need as many pixels as a pointer needs to hit one of them. */
const MARK_PX = 9;

interface Props {
  start: number;
  end: number;
  width: number;
  zone: string;
}

const useMarks = ({ start, end, width }: Props) => {
  const { data, error } = useEvents(start, end);
  const places = Math.max(1, Math.floor(width / MARK_PX));
  const marks = useMemo(() => marksOf(data?.results ?? [], start, end, places), [data, start, end, places]);
  return { marks, cut: data?.next != null, error };
};

/** Diamonds above a chart, each with what happened as its tooltip; a line through the lanes shows where. */
export function EventMarks(props: Props) {
  const { start, end, width, zone } = props;
  const { marks, cut, error } = useMarks(props);
  return (
    <div className={styles.marks} data-testid="event-marks">
      {marks.map((mark) => {
        const text = describeMark(mark, zone);
        const x = ((mark.t - start) / (end - start)) * width;
        return (
          <div key={mark.t} className={styles.mark} style={{ left: x }}>
            <span role="img" aria-label={text} title={text} data-several={mark.events.length > 1 || undefined} />
          </div>
        );
      })}
      {(cut || error) && <p role="status">{error ? texts.unavailable : texts.newestOnly(MAX_EVENTS)}</p>}
    </div>
  );
}

interface TickProps extends Props {
  left: number;
  top: number;
}

/** The same on the time bar, inside its drawing. */
export const EventTicks = memo(function EventTicks({ left, top, ...props }: TickProps) {
  const { start, end, width, zone } = props;
  const { marks } = useMarks(props);
  return (
    <g className={styles.ticks} data-testid="event-ticks">
      {marks.map((mark) => {
        const text = describeMark(mark, zone);
        const x = left + ((mark.t - start) / (end - start)) * width;
        return (
          <path
            key={mark.t}
            role="img"
            data-at={mark.t}
            aria-label={text}
            data-several={mark.events.length > 1 || undefined}
            d={`M${x} ${top - 4.5}l4.5 4.5l-4.5 4.5l-4.5 -4.5z`}
          >
            <title>{text}</title>
          </path>
        );
      })}
    </g>
  );
});
