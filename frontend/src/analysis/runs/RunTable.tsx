import { Link } from "wouter";
import type { Sensor } from "../../api/types";
import { displayUnit, formatDuration, formatMoment, formatNumber } from "../../format";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import type { Column } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import type { Definition, Run, RunList } from "./data";

interface Props {
  definition: Definition;
  found: RunList;
  sensors: Sensor[];
  zone: string;
  /** Starts of the runs that are overlaid. */
  chosen: Set<number>;
  toggle: (start: number) => void;
  unmark?: (mark: string) => void;
}

export function RunTable({ definition, found, sensors, zone, chosen, toggle, unmark }: Props) {
  const tenant = useTenant();
  const best = found.best === null ? null : found.results[found.best];
  const shown = sensors.map((each) => each.id);
  return (
    <Card flush>
      <DataTable
        rows={found.results}
        keyOf={(run) => `${run.start} ${run.mark ?? ""}`}
        label={texts.runsOf(definition.name)}
        testId="runs-table"
        isSelected={(run) => run === best}
        columns={[
          {
            head: texts.overlaid,
            cell: (run) => (
              <input
                type="checkbox"
                aria-label={texts.overlayRun(formatMoment(run.start, zone, false))}
                checked={chosen.has(run.start)}
                onChange={() => toggle(run.start)}
              />
            ),
          },
          {
            head: texts.start,
            className: styles.nowrap,
            cell: (run) => (
              <Link
                href={hrefWith(`/t/${tenant?.slug}/trends`, {
                  sensors: shown.join(",") || definition.rule.sensor,
                  start: run.start,
                  end: run.end,
                })}
                title={texts.openInTrends}
              >
                {formatMoment(run.start, zone, false)}
              </Link>
            ),
          },
          { head: texts.duration, number: true, cell: (run) => <Duration run={run} /> },
          ...sensors.flatMap((sensor) => columnsOf(sensor)),
          definition.best !== null && {
            head: texts.toBest,
            number: true,
            cell: (run) => (
              <Difference run={run} isBest={run === best} seconds={definition.best!.figure === "duration"} />
            ),
          },
          {
            head: texts.note,
            cell: (run) => (
              <span className={styles.note}>
                {run.note}
                {run.mark && <small>{texts.marked}</small>}
                {run.mark && unmark && (
                  <button type="button" className={ui.link} onClick={() => unmark(run.mark!)}>
                    {texts.removeMark}
                  </button>
                )}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Duration({ run }: { run: Run }) {
  const part = run.begun || run.open;
  return (
    <span className={styles.period}>
      {formatDuration(run.duration_s * 1000)}
      {part && <small title={run.open ? texts.openHint : texts.begunHint}>{run.open ? texts.open : texts.begun}</small>}
    </span>
  );
}

function Difference({ run, isBest, seconds }: { run: Run; isBest: boolean; seconds: boolean }) {
  if (isBest) return <b>{texts.best}</b>;
  if (run.to_best === null) return "–";
  const sign = run.to_best > 0 ? "+" : "";
  if (!seconds) return sign + formatNumber(run.to_best);
  return (run.to_best < 0 ? "−" : sign) + formatDuration(Math.abs(run.to_best) * 1000);
}

function columnsOf(sensor: Sensor): Column<Run>[] {
  const unit = displayUnit(sensor.unit);
  const of = (run: Run) => run.figures.find((each) => each.sensor === sensor.id);
  const head = (name: string, in_: string) => `${sensor.tag} ${name}${in_ && ` (${in_})`}`;
  if (sensor.kind === "counter") {
    return [{ head: head(texts.total, unit), number: true, cell: (run) => formatNumber(of(run)?.total) }];
  }
  if (sensor.kind === "discrete") {
    return [{ head: head(texts.samples, ""), number: true, cell: (run) => formatNumber(of(run)?.count) }];
  }
  return [
    { head: head(texts.mean, unit), number: true, cell: (run) => formatNumber(of(run)?.mean) },
    {
      head: head(`${texts.min}–${texts.max}`, unit),
      number: true,
      cell: (run) => `${formatNumber(of(run)?.min)} – ${formatNumber(of(run)?.max)}`,
    },
    { head: head(texts.total, unit && `${unit}·h`), number: true, cell: (run) => formatNumber(of(run)?.total) },
  ];
}
