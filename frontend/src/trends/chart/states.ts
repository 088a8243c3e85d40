import type uPlot from "uplot";
import { stateName } from "../../format";
import { stateBlocks } from "../../series/blocks";
import type { SeriesView } from "../../series/view";
import type { Trace } from "../lanes";
import { fade } from "./colours";
import type { Colours } from "./colours";

/** 0 is pale, everything above stronger: told apart by fill and by name, not by hue. */
const strength = (value: number | string) => (value === 0 ? 0.12 : value === 1 ? 0.62 : 0.38);

/** The signal's blocks; where it is compared, those of the earlier range in a slimmer row below. */
export function drawStates(plot: uPlot, trace: Trace, colours: Colours): void {
  const dpr = devicePixelRatio;
  const height = plot.bbox.height - 6 * dpr;
  if (!trace.earlier) return drawRow(plot, trace, trace.series, colours, [3 * dpr, height]);
  drawRow(plot, trace, trace.series, colours, [3 * dpr, height * 0.62]);
  drawRow(plot, trace, trace.earlier, colours, [3 * dpr + height * 0.7, height * 0.3]);
}

function drawRow(
  plot: uPlot,
  trace: Trace,
  series: SeriesView | undefined,
  colours: Colours,
  [offset, height]: [number, number],
): void {
  const { ctx, bbox } = plot;
  const colour = colours.series[trace.slot - 1]!;
  const end = plot.scales.x!.max!;
  const dpr = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `500 ${11 * dpr}px "Inter Variable", sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const block of stateBlocks(series, end)) {
    const x0 = Math.max(bbox.left, plot.valToPos(block.from, "x", true));
    const x1 = Math.min(bbox.left + bbox.width, plot.valToPos(block.to, "x", true));
    if (x1 <= x0) continue;
    const top = bbox.top + offset;
    ctx.fillStyle = fade(colour, strength(block.value));
    ctx.fillRect(x0, top, Math.max(dpr, x1 - x0), height);
    ctx.fillStyle = colour;
    ctx.fillRect(x0, top, dpr, height);
    const name = stateName(block.value, trace.sensor.states);
    if (height >= 12 * dpr && ctx.measureText(name).width + 12 * dpr < x1 - x0) {
      ctx.fillStyle = colours.ink;
      ctx.fillText(name, x0 + 6 * dpr, top + height / 2);
    }
  }
  ctx.restore();
}
