import { PriorityMark } from "../../alarmData";
import { caseName, caseTexts, dueWords, isOverdue, subjectOf } from "../../cases";
import type { Case } from "../../cases";
import { formatDate } from "../../format";
import { useNow, useZone } from "../../moment";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import styles from "./board.module.css";
import { texts } from "../texts";

interface Props {
  cases: readonly Case[];
  current: string | null;
  show: (id: string) => void;
  at: number | null;
}

/** One case a row; on a phone a card each. */
export function CaseTable({ cases, current, show, at }: Props) {
  const zone = useZone().name;
  const clock = useNow();
  const now = at ?? clock;
  return (
    <DataTable
      rows={cases}
      keyOf={(each) => each.id}
      label={texts.parts[""]}
      testId="cases"
      className={styles.table}
      cards
      onOpen={(each) => show(each.id)}
      isSelected={(each) => each.id === current}
      columns={[
        {
          head: texts.columns.priority,
          className: styles.mark,
          headClassName: styles.markHead,
          cell: (each) => <PriorityMark priority={each.priority} />,
        },
        {
          head: texts.columns.what,
          className: styles.what,
          cell: (each) => (
            <>
              <button type="button" className={ui.rowName} aria-current={each.id === current || undefined}>
                {caseName(each)}
              </button>
              <div className={ui.sub}>
                {[caseTexts.kinds[each.kind], subjectOf(each), each.asset?.name].filter(Boolean).join(" · ")}
              </div>
            </>
          ),
        },
        {
          head: texts.columns.due,
          className: styles.due,
          cell: (each) => (
            <span className={isOverdue(each, now) ? styles.overdue : undefined}>{dueWords(each, zone, now)}</span>
          ),
        },
        {
          head: texts.columns.state,
          className: styles.state,
          cell: (each) => <span className={ui.chip}>{caseTexts.states[each.state]}</span>,
        },
        {
          head: texts.columns.assigned,
          className: styles.assigned,
          cell: (each) => each.assigned?.name ?? <span className={ui.quiet}>{texts.nobody}</span>,
        },
        {
          head: texts.columns.opened,
          number: true,
          className: styles.opened,
          headClassName: styles.opened,
          cell: (each) => formatDate(each.opened, zone),
        },
      ]}
    />
  );
}
