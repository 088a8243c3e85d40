import type uPlot from "uplot";
import type { Sensor } from "../../api/types";
import { formatValue } from "../../format";
import type { Axis, Lane, Trace } from "../lanes";
import { texts } from "../texts";
import { fade } from "./colours";
import type { Colours } from "./colours";

interface Line {
  value: number;
  /** Which side of it is outside. */
  outside: "above" | "below";
  label: string;
  dash: number[];
  trace: Trace;
  axis: Axis;
}

/** What the limits and, where wanted, the sensors' own ranges of a lane are drawn as. */
export function limitLines(lane: Lane, ranges: boolean): Line[] {
  const lines: Line[] = [];
  for (const axis of lane.axes) {
    for (const trace of axis.traces) {
      const { sensor, limits } = trace;
      const named = lane.traces.length > 1 ? `${sensor.tag} ` : "";
      const add = (value: number | null, outside: Line["outside"], name: string, dash: number[]) => {
        if (value === null) return;
        lines.push({ value, outside, label: `${named}${name} ${shown(value, sensor)}`, dash, trace, axis });
      };
      // A counter's lane has increases, of which neither is a limit.
      if (sensor.kind !== "continuous") continue;
      add(limits?.low ?? null, "below", texts.lowLimit, [6, 4]);
      add(limits?.high ?? null, "above", texts.highLimit, [6, 4]);
      if (ranges && sensor.range) {
        add(sensor.range[0], "below", texts.rangeFrom, [2, 3]);
        add(sensor.range[1], "above", texts.rangeTo, [2, 3]);
      }
    }
  }
  return lines;
}

const shown = (value: number, sensor: Sensor) => formatValue(value, null, sensor);

/** Pale grounds outside the limits, below the series. */
export function shadeLimits(plot: uPlot, lines: Line[], colours: Colours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const line of lines) {
    const y = position(plot, line);
    const [top, bottom] = line.outside === "above" ? [bbox.top, y] : [y, bbox.top + bbox.height];
    if (bottom <= top) continue;
    ctx.fillStyle = fade(colours.ink3, 0.13);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

/** The limits as dashed lines in their sensors' colours, named at the right edge; those beyond the axis are left out. */
export function drawLimits(plot: uPlot, lines: Line[], colours: Colours): void {
  const { ctx, bbox } = plot;
  const dpr = devicePixelRatio;
  ctx.save();
  ctx.font = `500 ${11 * dpr}px "Inter Variable", sans-serif`;
  ctx.textAlign = "right";
  for (const line of lines) {
    const y = position(plot, line);
    if (y <= bbox.top || y >= bbox.top + bbox.height) continue;
    ctx.strokeStyle = colours.series[line.trace.slot - 1]!;
    ctx.lineWidth = dpr;
    ctx.setLineDash(line.dash.map((each) => each * dpr));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    // The name is outside, unless there is no room.
    const above = line.outside === "above" ? y - bbox.top > 16 * dpr : bbox.top + bbox.height - y < 16 * dpr;
    ctx.textBaseline = above ? "bottom" : "top";
    ctx.fillStyle = colours.ink2;
    ctx.fillText(line.label, bbox.left + bbox.width - 6 * dpr, y + (above ? -2 : 3) * dpr);
  }
  ctx.restore();
}

/** In pixels of the canvas, kept inside the plot. */
function position(plot: uPlot, { value, axis, outside }: Line): number {
  const { top, height } = plot.bbox;
  if (axis.log && value <= 0) return outside === "above" ? top : top + height;
  const y = plot.valToPos(value - axis.base, axis.key, true);
  return Math.min(top + height, Math.max(top, y));
}
