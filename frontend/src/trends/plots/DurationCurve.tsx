import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type uPlot from "uplot";
import { errorText } from "../../api/problem";
import { displayUnit } from "../../format";
import { fade } from "../chart/colours";
import type { Colours } from "../chart/colours";
import { ground } from "../chart/lane";
import type { Panel } from "../chart/panel";
import type { Trace } from "../lanes";
import { alike } from "../range";
import type { Span } from "../range";
import { texts } from "../texts";
import { distributionQuery, exactness, reachedText } from "./distributions";
import type { Distribution } from "./distributions";
import { rangeOf } from "./pairs";
import { PlotPanel } from "./PlotPanel";
import styles from "./plots.module.css";
import { plotShape } from "./shape";

interface Props {
  /** Sensors of one unit. */
  traces: Trace[];
  span: Span;
  register: (name: string, panel: Panel | null) => void;
}

const PERCENT = Array.from({ length: 101 }, (_, each) => each);

/** For how much of the range sensors of one unit reach which value; the band is where an estimated curve must be. */
export function DurationCurve({ traces, span, register }: Props) {
  const found = useQueries({ queries: traces.map(({ sensor }) => distributionQuery(sensor, span)) });
  const errors = found.flatMap(({ data, error }) => (error && !data ? [errorText(error)] : []));
  const key = found.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  const drawn = useMemo(
    () =>
      traces.flatMap((trace, index) => {
        const data = found[index]!.data;
        return data?.shares.length ? [{ trace, data }] : [];
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the data of all queries
    [traces, key],
  );
  const unit = displayUnit(traces[0]!.sensor.unit);
  const title = texts.durationOf(traces.map(({ sensor }) => sensor.tag).join(", "), unit);
  const make = useCallback(
    (size: { width: number; height: number }, colours: Colours) => makeCurves(drawn, size, colours),
    [drawn],
  );
  if (drawn.length === 0) {
    const settled = found.every(({ data, error }) => data ?? error);
    return (
      <section className={styles.panel} aria-label={title}>
        <h2>{title}</h2>
        <p role={errors.length ? "alert" : "status"}>{errors[0] ?? (settled ? texts.noSamplesInRange : "")}</p>
      </section>
    );
  }
  const lines = (text: (data: Distribution, trace: Trace) => string) =>
    drawn
      .map(({ data, trace }) => `${drawn.length > 1 ? `${trace.sensor.tag}: ` : ""}${text(data, trace)}`)
      .join(" · ");
  return (
    <PlotPanel
      name={unit || "value"}
      title={title}
      slot={drawn.length === 1 ? drawn[0]!.trace.slot : undefined}
      make={make}
      places={PERCENT}
      read={(index) => lines((data, trace) => reachedText(data, index, trace.sensor))}
      about={[lines((data) => exactness(data)), ...errors].join(" · ")}
      dimmed={found.some(({ data, isPlaceholderData }) => isPlaceholderData && data && !alike(data, span))}
      register={register}
    />
  );
}

type Drawn = { trace: Trace; data: Distribution }[];

function makeCurves(drawn: Drawn, size: { width: number; height: number }, colours: Colours) {
  const columns: number[][] = [PERCENT];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const hidden = { width: 0, stroke: "transparent", points: { show: false } };
  for (const { trace, data } of drawn) {
    const colour = colours.series[trace.slot - 1]!;
    const low = columns.length;
    columns.push(data.duration.low, data.duration.high, data.duration.value);
    series.push({ ...hidden }, { ...hidden }, { stroke: colour, width: 1.5, points: { show: false } });
    if (!data.exact) bands.push({ series: [low + 1, low], fill: fade(colour, 0.2) });
  }
  const y = rangeOf(columns.slice(1).flat());
  const shape = plotShape({ x: [0, 100], y, xLabel: texts.shareReached }, colours);
  const options: uPlot.Options = {
    ...size,
    ...shape,
    series,
    bands,
    hooks: { drawClear: [(plot) => ground(plot, colours)] },
  };
  return { options, data: columns as uPlot.AlignedData };
}
