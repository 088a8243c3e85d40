import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Alarm, AlarmList } from "../../alarmData";
import { useShortcuts } from "../../keyboard";
import { useParams } from "../../moment";
import { AlarmDetails } from "../details/AlarmDetails";
import type { Filter, Sort } from "../filter";
import { beside, rowsOf } from "./rows";
import type { Row } from "./rows";
import { useActions } from "./useActions";
import type { Actions } from "./useActions";
import { useSelection } from "./useSelection";

export interface Board {
  rows: Row[];
  filter: Filter;
  grouped: boolean;
  /** As the list is sorted, by whatever. */
  sort: string;
  setSort: (sort: Sort | null) => void;
  current: string | null;
  show: (key: string | null) => void;
  flip: (key: string) => void;
  ticked: ReadonlySet<string>;
  tick: (key: string, range?: boolean) => void;
  tickAll: () => void;
  clear: () => void;
  /** The ticked alarms, otherwise the current one. */
  subjects: Alarm[];
  actions: Actions;
  inspector: ReactNode;
}

const NONE: Alarm[] = [];

/** A list with its current alarm, ticked ones, keys and actions. */
export function useBoard(list: AlarmList | undefined, filter: Filter): Board {
  const [params, change] = useParams();
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set<string>());
  const alarms = list?.alarms ?? NONE;
  const sort = list?.sort ?? filter.sort ?? "priority";
  const grouped = sort === "cause";
  const rows = useMemo(() => rowsOf(alarms, grouped, flipped), [alarms, grouped, flipped]);
  const order = useMemo(() => rows.map((row) => row.alarm.key), [rows]);
  const selection = useSelection(order);
  const actions = useActions();
  const current = params.get("alarm");
  const show = useCallback((key: string | null) => change({ alarm: key }, { replace: true }), [change]);
  const setSort = useCallback((next: Sort | null) => change({ sort: next }, { replace: true }), [change]);
  const flip = useCallback(
    (key: string) =>
      setFlipped((old) => {
        const next = new Set(old);
        if (!next.delete(key)) next.add(key);
        return next;
      }),
    [],
  );
  const shown = alarms.find((alarm) => alarm.key === current);
  const chosen = rows.filter((row) => selection.keys.has(row.alarm.key)).map((row) => row.alarm);
  const subjects = chosen.length > 0 ? chosen : shown ? [shown] : NONE;
  const go = (step: 1 | -1) => () => {
    const key = beside(rows, current, step);
    if (key) show(key);
  };
  const withSubjects = (action: (alarms: Alarm[]) => void) => () => subjects.length > 0 && action(subjects);
  useShortcuts("alarms", {
    next: go(1),
    previous: go(-1),
    tick: () => (current ? selection.tick(current) : false),
    tickAll: selection.tickAll,
    acknowledge: withSubjects(actions.acknowledge),
    shelve: withSubjects((each) => actions.ask("shelve", each)),
    note: withSubjects((each) => actions.ask("note", each)),
    group: () => setSort(grouped ? "priority" : "cause"),
    close: () => (selection.keys.size > 0 ? selection.clear() : current ? show(null) : false),
  });
  const inspector = current && (
    <AlarmDetails
      key={current}
      alarmKey={current}
      listed={shown}
      alarms={alarms}
      loading={!list}
      actions={actions}
      show={show}
    />
  );
  const { keys: ticked, tick, tickAll, clear } = selection;
  return {
    rows,
    filter,
    grouped,
    sort,
    setSort,
    current,
    show,
    flip,
    ticked,
    tick,
    tickAll,
    clear,
    subjects,
    actions,
    inspector,
  };
}
