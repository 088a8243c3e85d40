import type { Sensor } from "../../api/types";
import { displayUnit, formatCount, formatNumber } from "../../format";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import type { Column } from "../../ui/DataTable";
import { texts } from "../texts";
import styles from "../analysis.module.css";
import { nameOf, periodName, slotOf, unusualHours } from "./bars";
import type { Period, Totals } from "./data";

const HOUR = 3_600_000;
const hours = (ms: number | null | undefined) => formatNumber(typeof ms === "number" ? ms / HOUR : null);

interface Props {
  totals: Totals;
  sensor: Sensor;
  states: string[] | null;
  marked: number | null;
}

export function TotalsTable({ totals, sensor, states, marked }: Props) {
  const rows = totals.results;
  return (
    <Card flush>
      <DataTable
        rows={rows}
        keyOf={(period) => period.start}
        label={texts.chartOf(sensor.tag, totals.by)}
        testId="totals-table"
        isSelected={(period) => marked !== null && rows[marked] === period}
        isFaint={(period) => period.count === 0}
        columns={[
          { head: texts.period, cell: (period) => <PeriodCell period={period} totals={totals} /> },
          ...columnsOf(sensor, states),
          sensor.kind !== "counter" && {
            head: `${texts.unknown} (h)`,
            number: true,
            cell: (period) => hours(period.unknown),
          },
          { head: texts.samples, number: true, cell: (period) => formatCount(period.count) },
        ]}
      />
    </Card>
  );
}

function PeriodCell({ period, totals: { by, zone } }: { period: Period; totals: Totals }) {
  const unusual = unusualHours(period, by, zone);
  return (
    <span className={styles.period}>
      {periodName(period, by, zone)}
      {unusual !== null && by === "day" && (
        <small title={texts.clocksChange(formatNumber(unusual))}>{texts.hours(formatNumber(unusual))}</small>
      )}
    </span>
  );
}

function columnsOf(sensor: Sensor, states: string[] | null): Column<Period>[] {
  const unit = displayUnit(sensor.unit);
  const column = (name: string, value: (period: Period) => number | null | undefined): Column<Period> => ({
    head: unit ? `${name} (${unit})` : name,
    number: true,
    cell: (period) => formatNumber(value(period)),
  });
  if (sensor.kind === "counter") return [column(texts.increase, (period) => period.increase)];
  if (sensor.kind === "continuous") {
    return [
      column(texts.mean, (period) => period.mean),
      column(texts.min, (period) => period.min),
      column(texts.max, (period) => period.max),
    ];
  }
  return (states ?? []).map((state) => ({
    head: (
      <span className={styles.state}>
        <i style={{ background: `var(--pt-series-${slotOf(states!, state)})` }} />
        {nameOf(state, sensor)} (h)
      </span>
    ),
    number: true,
    cell: (period: Period) => hours(period.states ? (period.states[state] ?? 0) : null),
  }));
}
