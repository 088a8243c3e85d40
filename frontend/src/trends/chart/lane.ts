import type uPlot from "uplot";
import { formatNumber } from "../../format";
import { axisLabels, logTicks } from "../../format/axis";
import { timeTicks } from "../../format/ticks";
import type { Axis, Lane } from "../lanes";
import { fade } from "./colours";
import type { Colours } from "./colours";
import { drawnSeries } from "./columns";
import { drawLimits, limitLines, shadeLimits } from "./limits";
import { drawStates } from "./states";

/** Margins: left of the plot for the labels of one axis, right of it for half a time label. */
export const AXIS = 56;
export const RIGHT = 20;
/** Further axes are narrower, as there is less room for more of them. */
const MORE_AXES = 46;
/** Each axis takes a part of the width; those that would leave too little are not labelled. */
const WIDTH_PER_AXIS = 240;
/** Above and below a lane of values: half the height of a figure at its edge. */
const EDGE = 6;
export const TIME_AXIS = 24;
export const FONT = '11px "Inter Variable", sans-serif';

export interface LaneInput {
  lane: Lane;
  width: number;
  height: number;
  /** Left of the plot, for the labels of all axes. */
  left?: number;
  view: { start: number; end: number };
  zone: string;
  colours: Colours;
  /** The last lane has the time axis. */
  last: boolean;
  steps?: boolean;
  ranges?: boolean;
}

/** The margin left of all lanes, so that they have one time axis. */
export function leftMargin(lanes: Lane[], width: number): number {
  const most = Math.max(1, ...lanes.map((lane) => labelled(lane, width).length));
  return most === 1 ? AXIS : most * MORE_AXES;
}

/** The axes of a lane that are labelled. */
const labelled = (lane: Lane, width: number): Axis[] =>
  lane.axes.slice(0, Math.max(1, Math.floor(width / WIDTH_PER_AXIS)));

function timeAxis({ zone, colours, last, width, left = AXIS }: LaneInput): uPlot.Axis {
  const most = Math.max(2, Math.floor((width - left - RIGHT) / 84));
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

/** The labels left of a lane. Among several axes one of a single sensor has its colour; the first has the grid. */
function valueAxes({ lane, width, height, colours, left = AXIS }: LaneInput): uPlot.Axis[] {
  const base = { gap: 6, font: FONT, space: 26, ticks: { show: false }, border: { show: false } };
  if (lane.kind === "states") {
    return [{ ...base, size: left, values: (_plot, splits) => splits.map(() => null), grid: { show: false } }];
  }
  const shown = labelled(lane, width);
  return shown.map((axis, index) => {
    const own = shown.length > 1 && axis.traces.length === 1;
    return {
      ...base,
      scale: axis.key,
      size: index < shown.length - 1 ? MORE_AXES : left - MORE_AXES * (shown.length - 1),
      stroke: own ? colours.series[axis.traces[0]!.slot - 1]! : colours.ink2,
      ...(axis.log && {
        splits: (_plot, _axis, min, max) => logTicks(min, max, Math.max(2, Math.floor(height / 30))),
        filter: (_plot, splits) => splits,
      }),
      values: (_plot, splits, _axis, _space, step) =>
        axis.log ? splits.map((value) => formatNumber(value)) : axisLabels(splits, step),
      grid: { show: index === 0, stroke: fade(colours.line, 0.75), width: 1 },
    };
  });
}

function valueScales(lane: Lane): uPlot.Scales {
  const scales: uPlot.Scales = {};
  for (const { key, range, base, log } of lane.axes) {
    const shown: [number, number] = [range[0] - base, range[1] - base];
    scales[key] = log ? { distr: 3, log: 10, range: () => shown } : { range: () => shown };
  }
  return scales;
}

export function makeLaneOptions(input: LaneInput): { options: uPlot.Options; data: uPlot.AlignedData } {
  const { lane, width, height, view, colours, last, steps = false, ranges = false } = input;
  const states = lane.kind === "states";
  const drawn = states
    ? {
        series: [{}, { show: true, stroke: "transparent", points: { show: false } }],
        bands: [],
        data: [
          [view.start, view.end],
          [0, 0],
        ] as uPlot.AlignedData,
      }
    : drawnSeries(lane, colours, steps);
  const limits = limitLines(lane, ranges);
  const options: uPlot.Options = {
    width,
    height: height + (last ? TIME_AXIS : 0),
    ms: 1,
    padding: states ? [1, RIGHT, last ? 0 : 1, 0] : [EDGE, RIGHT, last ? 0 : EDGE, 0],
    legend: { show: false },
    cursor: { show: false },
    series: drawn.series,
    bands: drawn.bands,
    scales: {
      x: { time: true, min: view.start, max: view.end, range: (_plot, min, max) => [min, max] },
      ...(states ? { y: { range: () => [0, 1] } } : valueScales(lane)),
    },
    axes: [timeAxis(input), ...valueAxes(input)],
    hooks: {
      // Of several sensors with limits the grounds would overlap.
      drawClear: [
        (plot) => ground(plot, colours),
        (plot) => lane.traces.length === 1 && shadeLimits(plot, limits, colours),
      ],
      draw: [
        (plot) => states && drawStates(plot, lane.traces[0]!, colours),
        (plot) => drawLimits(plot, limits, colours),
      ],
    },
  };
  return { options, data: drawn.data };
}

export function ground(plot: uPlot, colours: Colours) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colours.panel;
  ctx.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.strokeStyle = colours.line;
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeRect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.restore();
}
