import { useAlarmList } from "../../alarmData";
import { formatTime } from "../../format";
import { useZone } from "../../moment";
import { Empty, Failed, Loading } from "../../ui/states";
import { AlarmsPage } from "../AlarmsPage";
import { useListQuery } from "../filter";
import { Overview } from "../performance/Overview";
import { AlarmBoard } from "./AlarmBoard";
import styles from "./list.module.css";
import { NoAlarms } from "./NoAlarms";
import { UnknownPriority } from "./UnknownPriority";
import { useBoard } from "./useBoard";
import { Tools } from "./Tools";
import { texts } from "../texts";

/** The active alarms, live or at a moment; in a flood grouped by cause. */
export function ActivePage() {
  const { query, site, filter } = useListQuery("active");
  const list = useAlarmList(query, site !== undefined);
  const board = useBoard(list.data, filter);
  const zone = useZone().name;
  const filtered = filter.q !== "" || filter.priorities.length > 0 || filter.asset !== null;
  const flood = list.data?.flood;
  return (
    <AlarmsPage part="" filled tools={<Tools board={board} />} inspector={board.inspector}>
      <UnknownPriority filter={filter} />
      {list.isError && !list.data ? (
        <Failed error={list.error} what={texts.listFailed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : (
        <>
          {flood && (
            <p className={styles.flood} role="status">
              <b>{texts.flood}</b> {texts.floodDetail(flood.count, formatTime(flood.since, zone, false))}
            </p>
          )}
          {list.data.alarms.length > 0 ? (
            <AlarmBoard board={board} list={list.data} label={texts.parts[""]} />
          ) : filtered ? (
            <Empty title={texts.noMatch}>{texts.noMatchHint}</Empty>
          ) : (
            <NoAlarms at={query.at} />
          )}
        </>
      )}
      <Overview />
      {board.actions.dialog}
    </AlarmsPage>
  );
}
