import { memo } from "react";
import { PriorityMark, formatFor, formatWhen, stateWords, targetName } from "../../alarmData";
import { formatMoment } from "../../format";
import { ChevronIcon } from "../../ui/icons";
import type { Row } from "./rows";
import styles from "./list.module.css";
import { texts } from "../texts";

interface Props {
  row: Row;
  /** In its list, from 1. */
  index: number;
  top: number;
  zone: string;
  /** Coarse, so that a row is not drawn each second. */
  now: number;
  current: boolean;
  ticked: boolean;
  show: (key: string) => void;
  tick: (key: string, range: boolean) => void;
  flip: (key: string) => void;
}

export const AlarmRow = memo(function AlarmRow(props: Props) {
  const { row, index, top, zone, now, current, ticked, show, tick, flip } = props;
  const { alarm, depth, consequences, open } = row;
  const state = stateWords(alarm, zone, now);
  const name = `${targetName(alarm)} ${alarm.name}`;
  return (
    <div
      role="row"
      aria-rowindex={index}
      aria-current={current || undefined}
      className={styles.row}
      style={{ top }}
      data-key={alarm.key}
      data-depth={depth || undefined}
      data-due={state.due || undefined}
      onClick={() => show(alarm.key)}
    >
      <span role="cell" className={styles.tick} onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          aria-label={texts.tick(name)}
          checked={ticked}
          onClick={(event) => tick(alarm.key, event.shiftKey)}
          readOnly
        />
      </span>
      <span role="cell" className={styles.mark}>
        <PriorityMark priority={alarm.priority} unacknowledged={state.due} />
      </span>
      <span role="cell" className={styles.what}>
        <button
          type="button"
          className={styles.name}
          title={name}
          onClick={(event) => {
            event.stopPropagation();
            show(alarm.key);
          }}
        >
          <b>{targetName(alarm)}</b> {alarm.name}
        </button>
        <span className={styles.detail}>
          {consequences > 0 && (
            <button
              type="button"
              className={styles.fold}
              aria-expanded={open}
              onClick={(event) => {
                event.stopPropagation();
                flip(alarm.key);
              }}
            >
              <ChevronIcon size={12} />
              {texts.consequences(consequences)}
            </button>
          )}
          <span title={alarm.text}>{[alarm.text, alarm.asset?.name].filter(Boolean).join(" · ")}</span>
        </span>
      </span>
      <span role="cell" className={styles.since}>
        {alarm.raised !== null && (
          <time dateTime={new Date(alarm.raised).toISOString()} title={`${formatMoment(alarm.raised, zone)} (${zone})`}>
            {formatWhen(alarm.raised, zone, now)}
          </time>
        )}
      </span>
      <span role="cell" className={styles.for}>
        {alarm.raised !== null && formatFor(Math.max(0, (alarm.returned ?? now) - alarm.raised))}
      </span>
      <span role="cell" className={styles.state}>
        <span className={state.due ? styles.due : undefined}>{state.title}</span>
        {state.detail && (
          <span className={styles.detail} title={state.detail}>
            {state.detail}
          </span>
        )}
      </span>
      <span role="cell" className={styles.cause}>
        {alarm.cause ? (
          <span title={alarm.cause.name}>
            {texts.consequenceOf} <b>{alarm.cause.asset?.tag ?? alarm.cause.name}</b>
          </span>
        ) : (
          alarm.consequences > 0 && <span className={styles.detail}>{texts.itself}</span>
        )}
      </span>
    </div>
  );
});
