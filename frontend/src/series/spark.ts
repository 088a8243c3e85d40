/** A small trend as an SVG path: gaps stay gaps, states are steps. */
export interface SparkSeries {
  t: readonly number[];
  v: readonly (number | string | null)[];
  gaps?: readonly (readonly [number, number])[];
}

export interface Spark {
  path: string;
  /** The area below the line, down to the bottom; open along the line. */
  area: string;
  low: number;
  high: number;
}

export interface Area {
  start: number;
  end: number;
  width: number;
  height: number;
  /** The scale's ends; without them those of the values. */
  low?: number;
  high?: number;
}

export function sparkOf(
  series: SparkSeries,
  { start, end, width, height, ...scaled }: Area,
  steps = false,
): Spark | undefined {
  const { t, v } = series;
  let low = Infinity;
  let high = -Infinity;
  for (const value of v) {
    if (typeof value !== "number") continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return undefined;
  low = scaled.low ?? low;
  high = scaled.high ?? high;
  const span = high - low || 1;
  const scale = high === low ? 0.5 : 1;
  const x = (at: number) => (((at - start) / (end - start)) * width).toFixed(1);
  const y = (value: number) =>
    (height - ((value - low) / span) * height * scale - (scale < 1 ? height / 2 : 0)).toFixed(1);
  const gaps = series.gaps ?? [];
  let gap = 0;
  let path = "";
  let area = "";
  let begun = "";
  let last: { t: number; v: number } | undefined;
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i]!;
    const value = v[i];
    if (typeof value !== "number") {
      last = undefined;
      continue;
    }
    while (gap < gaps.length && gaps[gap]![1] <= (last?.t ?? -Infinity)) gap += 1;
    const broken = last === undefined || (gap < gaps.length && gaps[gap]![0] < at && gaps[gap]![1] > last.t);
    const point = broken ? `${x(at)} ${y(value)}` : steps ? `H${x(at)}V${y(value)}` : `L${x(at)} ${y(value)}`;
    if (broken) {
      if (begun) area += `${begun}V${height}Z`;
      begun = `M${x(at)} ${height}L${point}`;
      path += `M${point}`;
    } else {
      begun += point;
      path += point;
    }
    last = { t: at, v: value };
  }
  if (begun) area += `${begun}V${height}Z`;
  return { path, area, low, high };
}
