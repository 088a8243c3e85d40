import { useLayoutEffect, useRef } from "react";
import { useMediaQuery } from "@mantine/hooks";
import { useCoarse } from "../../ui/useCoarse";
import { useWindow } from "../../ui/useWindow";
import type { Sort } from "../filter";
import { AlarmRow } from "./AlarmRow";
import type { Row } from "./rows";
import styles from "./list.module.css";
import { texts } from "../texts";

const HEIGHTS = { card: 104, coarse: 56, fine: 48 };
const NARROW = "(max-width: 760px)";

interface Props {
  rows: readonly Row[];
  label: string;
  zone: string;
  now: number;
  current: string | null;
  ticked: ReadonlySet<string>;
  sort: string;
  setSort: (sort: Sort) => void;
  show: (key: string) => void;
  tick: (key: string, range: boolean) => void;
  tickAll: () => void;
  flip: (key: string) => void;
}

/** The list, of any length: only the visible rows are rendered. On a phone each is a card. */
export function AlarmTable(props: Props) {
  const { rows, label, zone, now, current, ticked, sort, setSort, show, tick, tickAll, flip } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const coarse = useCoarse();
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const height = narrow ? HEIGHTS.card : coarse ? HEIGHTS.coarse : HEIGHTS.fine;
  const { first, last } = useWindow(scroller, rows.length, height);
  const at = rows.findIndex((row) => row.alarm.key === current);
  const follow = useRef(at);
  follow.current = at;
  useLayoutEffect(() => {
    const [body, index] = [scroller.current, follow.current];
    if (!body || index < 0) return;
    if (index * height < body.scrollTop) body.scrollTop = index * height;
    else if ((index + 1) * height > body.scrollTop + body.clientHeight)
      body.scrollTop = (index + 1) * height - body.clientHeight;
  }, [current, height]);
  const head = (by: Sort, text: string, className: string | undefined) => (
    <span role="columnheader" className={className} aria-sort={sort === by ? "ascending" : "none"}>
      <button
        type="button"
        onClick={() => setSort(by)}
        title={texts.sortBy(text)}
        data-sorted={sort === by || undefined}
      >
        {text}
      </button>
    </span>
  );
  const all = rows.length > 0 && rows.every((row) => ticked.has(row.alarm.key));
  return (
    <div className={styles.table} role="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className={styles.head} role="row" aria-rowindex={1}>
          <span role="columnheader" className={styles.tick}>
            <input type="checkbox" aria-label={texts.tickAll} checked={all} onChange={tickAll} />
          </span>
          {head("priority", texts.columns.priority, styles.mark)}
          {head("tag", texts.columns.what, styles.what)}
          {head("raised", texts.columns.since, styles.since)}
          <span role="columnheader" className={styles.for}>
            {texts.columns.duration}
          </span>
          <span role="columnheader" className={styles.state}>
            {texts.columns.state}
          </span>
          {head("cause", texts.columns.cause, styles.cause)}
        </div>
      </div>
      <div className={styles.body} ref={scroller} tabIndex={0} role="rowgroup" aria-label={label} data-testid="alarms">
        <div style={{ height: rows.length * height, position: "relative", "--row": `${height}px` } as object}>
          {rows.slice(first, last).map((row, index) => (
            <AlarmRow
              key={row.alarm.key}
              row={row}
              index={first + index + 2}
              top={(first + index) * height}
              zone={zone}
              now={now}
              current={row.alarm.key === current}
              ticked={ticked.has(row.alarm.key)}
              show={show}
              tick={tick}
              flip={flip}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
