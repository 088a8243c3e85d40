import type uPlot from "uplot";
import { axisLabels } from "../../format/axis";
import { fade } from "../chart/colours";
import type { Colours } from "../chart/colours";
import { AXIS, FONT, RIGHT } from "../chart/lane";

/** For the labels of the horizontal axis; its name comes below them. */
const BOTTOM = 22;

interface Shape {
  x: [number, number];
  y: [number, number];
  xLabel: string;
}

/** Axes and scales of a plot whose both axes are numbers. */
export function plotShape(
  { x, y, xLabel }: Shape,
  colours: Colours,
): Pick<uPlot.Options, "scales" | "axes" | "padding"> {
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: colours.ink2,
    grid: { stroke: fade(colours.line, 0.75), width: 1 },
    ticks: { show: false },
    border: { show: false },
    values: (_plot, splits, _axis, _space, step) => axisLabels(splits, step),
  };
  return {
    padding: [8, RIGHT, 0, 0],
    scales: { x: { time: false, range: () => x }, y: { range: () => y } },
    axes: [
      { ...axis, size: BOTTOM, gap: 4, space: 70, label: xLabel, labelFont: FONT, labelSize: 16, labelGap: 0 },
      { ...axis, size: AXIS, gap: 6, space: 26 },
    ],
  };
}
