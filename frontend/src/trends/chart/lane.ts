import uPlot from "uplot";
import { axisLabels } from "../../format/axis";
import type { Lane, Trace } from "../lanes";
import { withGaps } from "../../series/view";
import { timeTicks } from "../../format/ticks";
import { fade } from "./colours";
import type { Colours } from "./colours";
import { drawStates } from "./states";

/** Margins: left of the plot for the axis labels, right of it for half a time label. */
export const AXIS = 56;
export const RIGHT = 20;
/** Above and below a lane of values: half the height of a figure at its edge. */
const EDGE = 6;
export const TIME_AXIS = 24;
const FONT = '11px "Inter Variable", sans-serif';

export interface LaneInput {
  lane: Lane;
  width: number;
  height: number;
  view: { start: number; end: number };
  zone: string;
  colours: Colours;
  /** The last lane has the time axis. */
  last: boolean;
}

type Columns = (number | null | undefined)[][];

/** Traces of different times on one x: uPlot's join, where null breaks a line and undefined is drawn over. */
function joined(traces: Trace[], base: number): uPlot.AlignedData {
  const tables: Columns[] = [];
  const modes: number[][] = [];
  for (const { series } of traces) {
    const { t, columns } = series ? withGaps(series) : { t: [], columns: [[]] };
    const above = base === 0 ? columns : columns.map((column) => column.map((v) => (v == null ? v : v - base)));
    tables.push([t, ...above]);
    modes.push([0, ...columns.map(() => 1)]);
  }
  return uPlot.join(tables as uPlot.AlignedData[], modes as uPlot.JoinNullMode[][]);
}

function seriesOf(traces: Trace[], colours: Colours): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const hidden = { width: 0, points: { show: false }, stroke: "transparent" };
  for (const { series, slot, sensor } of traces) {
    const colour = colours.series[slot - 1]!;
    const bars = series?.method === "inc" && series.resolution_ms > 0;
    const steps = sensor.kind === "counter" || series?.method === "last" || series?.method === "changes";
    const line: uPlot.Series = {
      stroke: colour,
      width: 1.5,
      points: { show: bars ? false : isolated, size: 4, stroke: colour, fill: colour },
      fill: bars ? fade(colour, 0.55) : undefined,
      paths: bars
        ? uPlot.paths.bars!({ size: [0.86, 40], align: 1 })
        : steps
          ? uPlot.paths.stepped!({ align: 1 })
          : undefined,
    };
    if (series?.method === "band") {
      const low = lines.length;
      lines.push({ ...hidden }, { ...hidden }, line);
      bands.push({ series: [low + 1, low], fill: fade(colour, 0.26) });
    } else lines.push(line);
  }
  return { series: lines, bands };
}

/** Sparse samples are also shown as points, and so is a single one between two gaps. */
function isolated(plot: uPlot, index: number, i0: number, i1: number) {
  const values = plot.data[index]!;
  let count = 0;
  for (let each = i0; each <= i1; each += 1) if (values[each] != null) count += 1;
  return count > 0 && count < plot.width / 14;
}

function timeAxis({ zone, colours, last, width }: LaneInput): uPlot.Axis {
  const most = Math.max(2, Math.floor((width - AXIS - RIGHT) / 84));
  return {
    show: true,
    size: last ? TIME_AXIS : 0,
    font: FONT,
    stroke: colours.ink2,
    gap: 4,
    splits: (_plot, _axis, min, max) => timeTicks(min, max, zone, most).map((tick) => tick.t),
    values: (plot, splits) => {
      if (!last) return splits.map(() => null);
      const { min, max } = plot.scales.x!;
      const labels = new Map(timeTicks(min!, max!, zone, most).map((tick) => [tick.t, tick.label]));
      return splits.map((t) => labels.get(t) ?? "");
    },
    grid: { stroke: fade(colours.line, 0.55), width: 1 },
    ticks: { show: last, stroke: colours.line, size: 4 },
    border: { show: false },
  };
}

export function makeLaneOptions(input: LaneInput): { options: uPlot.Options; data: uPlot.AlignedData } {
  const { lane, width, height, view, colours, last } = input;
  const states = lane.kind === "states";
  const { series, bands } = states
    ? { series: [{}, { show: true, stroke: "transparent", points: { show: false } }], bands: [] }
    : seriesOf(lane.traces, colours);
  const range = [lane.range[0] - lane.base, lane.range[1] - lane.base] as [number, number];
  const options: uPlot.Options = {
    width,
    height: height + (last ? TIME_AXIS : 0),
    ms: 1,
    padding: states ? [1, RIGHT, last ? 0 : 1, 0] : [EDGE, RIGHT, last ? 0 : EDGE, 0],
    legend: { show: false },
    cursor: { show: false },
    series,
    bands,
    scales: {
      x: { time: true, min: view.start, max: view.end, range: (_plot, min, max) => [min, max] },
      y: { range: () => (states ? [0, 1] : range) },
    },
    axes: [
      timeAxis(input),
      {
        size: AXIS,
        gap: 6,
        font: FONT,
        stroke: colours.ink2,
        space: 26,
        values: (_plot, splits, _axis, _space, step) => (states ? splits.map(() => null) : axisLabels(splits, step)),
        grid: { show: !states, stroke: fade(colours.line, 0.75), width: 1 },
        ticks: { show: false },
        border: { show: false },
      },
    ],
    hooks: {
      drawClear: [(plot) => ground(plot, colours)],
      draw: [(plot) => states && drawStates(plot, lane.traces[0]!, colours)],
    },
  };
  const data: uPlot.AlignedData = states
    ? [
        [view.start, view.end],
        [0, 0],
      ]
    : joined(lane.traces, lane.base);
  return { options, data };
}

function ground(plot: uPlot, colours: Colours) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colours.panel;
  ctx.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.strokeStyle = colours.line;
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeRect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.restore();
}
