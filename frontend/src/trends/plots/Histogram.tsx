import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import uPlot from "uplot";
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
import { binText, distributionQuery, exactness } from "./distributions";
import { PlotPanel } from "./PlotPanel";
import styles from "./plots.module.css";
import { plotShape } from "./shape";

interface Props {
  trace: Trace;
  span: Span;
  register: (name: string, panel: Panel | null) => void;
}

/** How often a sensor had which values, in per cent of its samples or of the time. */
export function Histogram({ trace: { sensor, slot }, span, register }: Props) {
  const { data, error, isPlaceholderData } = useQuery(distributionQuery(sensor, span));
  const title = texts.histogramOf(sensor.tag, sensor.name);
  const unit = displayUnit(sensor.unit);
  const places = useMemo(
    () => data?.shares.map((_, index) => (data.edges[index]! + data.edges[index + 1]!) / 2) ?? [],
    [data],
  );
  const make = useCallback(
    (size: { width: number; height: number }, colours: Colours) => {
      const colour = colours.series[slot - 1]!;
      const edges = data!.edges;
      const shares = data!.shares.map((share) => 100 * share);
      const x: [number, number] = [edges[0]!, edges.at(-1)!];
      const shape = plotShape({ x, y: [0, Math.max(...shares) * 1.07], xLabel: unit || texts.value }, colours);
      const bars = uPlot.paths.bars!({ size: [1, Infinity], align: 1, gap: 1 });
      const series = [{}, { stroke: colour, fill: fade(colour, 0.5), width: 0, paths: bars, points: { show: false } }];
      const options: uPlot.Options = {
        ...size,
        ...shape,
        series,
        hooks: { drawClear: [(plot) => ground(plot, colours)] },
      };
      return { options, data: [edges.slice(0, -1), shares] as uPlot.AlignedData };
    },
    [data, slot, unit],
  );
  if (!data || data.count === 0 || data.shares.length === 0) {
    return (
      <section className={styles.panel} aria-label={title}>
        <h2>{title}</h2>
        <p role={error ? "alert" : "status"}>{error ? errorText(error) : data ? texts.noSamplesInRange : ""}</p>
      </section>
    );
  }
  return (
    <PlotPanel
      name={sensor.tag}
      title={title}
      slot={slot}
      make={make}
      places={places}
      read={(index) => binText(data, index, sensor)}
      about={`${exactness(data)}${data.complete ? "" : `, ${texts.lateSamples}`}`}
      dimmed={isPlaceholderData && !alike(data, span)}
      register={register}
    />
  );
}
