import { useAlarmList } from "../../alarmData";
import type { ListView } from "../../alarmData";
import { useParam } from "../../moment";
import { Segments } from "../../ui/Segments";
import { Empty, Failed, Loading } from "../../ui/states";
import { AlarmsPage } from "../AlarmsPage";
import { useListQuery } from "../filter";
import { AlarmBoard } from "./AlarmBoard";
import { Tools } from "./Tools";
import { UnknownPriority } from "./UnknownPriority";
import { useBoard } from "./useBoard";
import { texts } from "../texts";

const KINDS = ["shelved", "suppressed", "out_of_service"] as const satisfies readonly ListView[];

/** What is kept off the active list, why, and until when. */
export function ShelvedPage() {
  const [shown, setShown] = useParam("show");
  const kind = KINDS.find((each) => each === shown) ?? "shelved";
  const { query, site, filter } = useListQuery(kind);
  const list = useAlarmList(query, site !== undefined);
  const board = useBoard(list.data, filter);
  const counts = list.data?.counts;
  return (
    <AlarmsPage part="shelved" filled tools={<Tools board={board} />} inspector={board.inspector}>
      <UnknownPriority filter={filter} />
      <Segments
        label={texts.kept}
        value={kind}
        onChange={(value) => setShown(value === "shelved" ? null : value)}
        choices={KINDS.map((value) => ({
          value,
          label: counts ? `${texts.keptKinds[value]} ${counts[value]}` : texts.keptKinds[value],
        }))}
      />
      {list.isError && !list.data ? (
        <Failed error={list.error} what={texts.listFailed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : list.data.alarms.length > 0 ? (
        <AlarmBoard board={board} list={list.data} label={texts.keptKinds[kind]} />
      ) : (
        <Empty title={texts.keptNone[kind]}>{texts.keptHint[kind]}</Empty>
      )}
      {board.actions.dialog}
    </AlarmsPage>
  );
}
