import uPlot from "uplot";
import type { SeriesView } from "../../series/view";
import { withGaps } from "../../series/view";
import { axisOf } from "../lanes";
import type { Axis, Lane } from "../lanes";
import { fade } from "./colours";
import type { Colours } from "./colours";

type Columns = (number | null | undefined)[][];

export interface Drawn {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  bands: uPlot.Band[];
}

/** The series of a lane of values, with their look. Those that are compared come first, so that they lie below. */
export function drawnSeries(lane: Lane, colours: Colours, steps: boolean): Drawn {
  const tables: Columns[] = [];
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const hidden = { width: 0, points: { show: false }, stroke: "transparent" };
  for (const trace of lane.traces) {
    if (!trace.earlier) continue;
    const axis = axisOf(lane, trace)!;
    const [t, ...columns] = table(trace.earlier, axis);
    tables.push([t, columns.at(-1)!]);
    const stroke = fade(colours.series[trace.slot - 1]!, 0.6);
    const stepped = steps || trace.earlier.method === "inc" || trace.earlier.method === "last";
    lines.push({
      scale: axis.key,
      stroke,
      width: 1.25,
      dash: [5, 3],
      points: { show: isolated, size: 3, stroke, fill: stroke },
      paths: stepped ? uPlot.paths.stepped!({ align: 1 }) : undefined,
    });
  }
  for (const trace of lane.traces) {
    const { series, slot, sensor } = trace;
    const axis = axisOf(lane, trace)!;
    const scale = axis.key;
    const colour = colours.series[slot - 1]!;
    tables.push(series ? table(series, axis) : [[], []]);
    const bars = series?.method === "inc" && series.resolution_ms > 0;
    const stepped = steps || sensor.kind === "counter" || series?.method === "last" || series?.method === "changes";
    const line: uPlot.Series = {
      scale,
      stroke: colour,
      width: 1.5,
      points: { show: bars ? false : isolated, size: 4, stroke: colour, fill: colour },
      fill: bars ? fade(colour, 0.55) : undefined,
      paths: bars
        ? uPlot.paths.bars!({ size: [0.86, 40], align: 1 })
        : stepped
          ? uPlot.paths.stepped!({ align: 1 })
          : undefined,
    };
    if (series?.method === "band") {
      const low = lines.length;
      lines.push({ ...hidden, scale }, { ...hidden, scale }, line);
      bands.push({ series: [low + 1, low], fill: fade(colour, 0.26) });
    } else lines.push(line);
  }
  return { data: joined(tables), series: lines, bands };
}

/** Times and columns as the axis draws them: less its base, and on a logarithmic one only what is above zero. */
function table(series: SeriesView, axis: Axis): [number[], ...Columns] {
  const { t, columns } = withGaps(series);
  const band = series.method === "band";
  const drawn = columns.map((column, which) => {
    // The lower edge of a band that reaches below zero is that of the axis; a line has a gap there.
    if (axis.log) {
      const under = band && which === 0 ? axis.range[0] : null;
      return column.map((v) => (v == null ? v : v > 0 ? v : under));
    }
    return axis.base === 0 ? column : column.map((v) => (v == null ? v : v - axis.base));
  });
  return [t, ...drawn];
}

/** Tables of different times on one x: uPlot's join, where null breaks a line and undefined is drawn over. */
function joined(tables: Columns[]): uPlot.AlignedData {
  const modes = tables.map((each) => [0, ...each.slice(1).map(() => 1)]);
  return uPlot.join(tables as uPlot.AlignedData[], modes as uPlot.JoinNullMode[][]);
}

/** Sparse samples are also shown as points, and so is a single one between two gaps. */
function isolated(plot: uPlot, index: number, i0: number, i1: number) {
  const values = plot.data[index]!;
  let count = 0;
  for (let each = i0; each <= i1; each += 1) if (values[each] != null) count += 1;
  return count > 0 && count < plot.width / 14;
}
