import { useMemo } from "react";
import { displayUnit, formatCount, formatMoment, formatValue, DASH } from "../../format";
import { useNotesIn } from "../../annotations";
import { useZone } from "../../moment";
import { readAt } from "../../series/view";
import { Failed, Loading } from "../../ui/states";
import { DataTable } from "../../ui/DataTable";
import { useTrendData } from "../data";
import type { Trace } from "../lanes";
import type { Span } from "../range";
import type { Chosen, Mode } from "../state";
import { computable, reasonsOf } from "../reasons";
import { fromRungs } from "../rungs";
import { notDrawn, optionsOf } from "./options";
import type { NamedOptions } from "./options";
import styles from "./print.module.css";
import { texts } from "./texts";
import { VectorChart } from "./VectorChart";

interface Props {
  chosen: Chosen[];
  span: Span;
  mode: Mode;
  options?: NamedOptions | undefined;
}

/** A trend on paper: its chart as vectors, a table of figures, and what people noted in the range. */
export default function TrendSection({ chosen, span, mode, options: named }: Props) {
  const zone = useZone().name;
  const options = useMemo(() => optionsOf(named), [named]);
  const sensors = useMemo(() => chosen.map(({ sensor }) => sensor), [chosen]);
  const data = useTrendData(sensors, span, mode);
  const targets = useMemo(
    () => new Set(sensors.flatMap((sensor) => [sensor.id, ...(sensor.asset ? [sensor.asset] : [])])),
    [sensors],
  );
  const notes = useNotesIn(sensors[0]?.site, span.start, span.end, targets).notes;
  const traces = useMemo<Trace[]>(
    () =>
      chosen.map(({ sensor, slot }) => ({
        sensor,
        slot,
        series: data.data?.series.get(sensor.id),
        limits: options.limits.get(slot),
      })),
    [chosen, data.data, options.limits],
  );
  if (data.isError) return <Failed error={data.error} retry={() => void data.refetch()} />;
  if (!data.data) return <Loading />;
  const series = [...data.data.series.values()];
  const samples = series.reduce((sum, each) => sum + each.samples, 0);
  const left = notDrawn(options).join(", ");
  const bad = series.reduce((sum, each) => sum + each.bad, 0);
  return (
    <>
      {series.some(({ t }) => t.length > 0) && (
        <VectorChart traces={computable(traces)} span={span} zone={zone} drawn={options} />
      )}
      <Figures traces={traces} span={span} />
      <p className={styles.source}>
        {texts.source(formatCount(samples), fromRungs(series.map(({ rung }) => rung)))}
        {bad > 0 && ` ${texts.bad(formatCount(bad))}`}
        {series.some(({ complete }) => !complete) && ` ${texts.late}`}
        {left && ` ${texts.notDrawn(left)}`}
        {reasonsOf(traces).map(({ tag, why }) => ` ${texts.notComputed(tag, why)}`)}
      </p>
      {notes.length > 0 && (
        <section className={styles.notes}>
          <h3>{texts.notes}</h3>
          <DataTable
            rows={[...notes].sort((a, b) => a.start - b.start)}
            keyOf={({ id }) => id}
            columns={[
              { head: texts.time, cell: (note) => formatMoment(note.start, zone), className: styles.moment },
              {
                head: texts.until,
                cell: (note) => (note.end === null ? "" : formatMoment(note.end, zone)),
                className: styles.moment,
              },
              { head: texts.note, cell: (note) => <span className={styles.text}>{note.text}</span> },
              { head: texts.author, cell: (note) => note.author },
            ]}
          />
        </section>
      )}
    </>
  );
}

function Figures({ traces, span }: { traces: Trace[]; span: Span }) {
  return (
    <DataTable
      rows={traces}
      keyOf={({ sensor }) => sensor.id}
      className={styles.figures}
      columns={[
        {
          head: texts.sensor,
          cell: ({ sensor, slot }) => (
            <span className={styles.key}>
              <i style={{ background: `var(--pt-series-${slot})` }} />
              {sensor.tag}
            </span>
          ),
        },
        { head: texts.name, cell: ({ sensor }) => sensor.name },
        { head: texts.unit, cell: ({ sensor }) => (sensor.kind === "discrete" ? "" : displayUnit(sensor.unit)) },
        ...(["min", "mean", "max"] as const).map((name) => ({
          head: texts[name],
          number: true,
          cell: ({ sensor, series }: Trace) =>
            sensor.kind !== "continuous" || series?.stats[name] == null
              ? DASH
              : formatValue(series.stats[name], null, sensor, true),
        })),
        {
          head: texts.last,
          number: true,
          cell: ({ sensor, series }) => {
            const found = series && sensor.kind !== "counter" ? readAt(series, span.end) : null;
            if (sensor.kind === "counter" && series?.stats.increase !== undefined) {
              return `+${formatValue(series.stats.increase, null, sensor, true)}`;
            }
            return found ? formatValue(found.value, null, sensor, true) : DASH;
          },
        },
        { head: texts.samples, number: true, cell: ({ series }) => formatCount(series?.samples ?? 0) },
      ]}
    />
  );
}
