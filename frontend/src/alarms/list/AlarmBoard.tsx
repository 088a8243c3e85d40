import { targetName } from "../../alarmData";
import type { AlarmList } from "../../alarmData";
import { formatCount } from "../../format";
import { useNow, useZone } from "../../moment";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { AlarmTable } from "./AlarmTable";
import styles from "./list.module.css";
import type { Board } from "./useBoard";
import { texts } from "../texts";

const COARSE_MS = 10_000;

/** The table, what became of the last action above it, and how it is grouped below. */
export function AlarmBoard({ board, list, label }: { board: Board; list: AlarmList; label: string }) {
  const zone = useZone().name;
  const now = useNow();
  const { rows, actions } = board;
  // The ages of a past moment are those that it had.
  const at = list.at < now - 60_000 ? list.at : Math.floor(now / COARSE_MS) * COARSE_MS;
  return (
    <>
      {actions.outcome && (
        <div className={styles.outcome} role="status">
          {actions.outcome.done && <span>{actions.outcome.done}</span>}
          {actions.outcome.refused.map(({ detail, count }) => (
            <span key={detail}>{texts.refused(count, detail)}</span>
          ))}
          <ErrorMessage error={actions.outcome.error} />
          <button type="button" className={ui.link} onClick={actions.dismiss}>
            {texts.dismiss}
          </button>
        </div>
      )}
      <AlarmTable
        rows={rows}
        label={label}
        zone={zone}
        now={at}
        current={board.current}
        ticked={board.ticked}
        sort={board.sort}
        setSort={board.setSort}
        show={board.show}
        tick={board.tick}
        tickAll={board.tickAll}
        flip={board.flip}
      />
      <p className={styles.foot}>
        {list.next && <span>{texts.firstOf(formatCount(list.alarms.length))} </span>}
        {!list.complete && <span>{texts.incomplete} </span>}
        <Grouping board={board} list={list} />
      </p>
    </>
  );
}

function Grouping({ board, list }: { board: Board; list: AlarmList }) {
  const caused = list.alarms.filter((alarm) => alarm.cause);
  if (caused.length === 0) return null;
  const byKey = new Map(list.alarms.map((alarm) => [alarm.key, alarm]));
  const [first] = caused;
  const cause = byKey.get(first!.cause!.key);
  const words =
    caused.length === 1
      ? texts.oneCaused(targetName(first!), cause ? targetName(cause) : first!.cause!.name)
      : texts.manyCaused(caused.length);
  return (
    <>
      {words}{" "}
      <button
        type="button"
        className={`${ui.link} ${styles.group}`}
        title={texts.groupKey}
        onClick={() => board.setSort(board.grouped ? "priority" : "cause")}
      >
        {board.grouped ? texts.ungroup : texts.group}
      </button>
    </>
  );
}
