import { withGaps } from "../../series/view";
import type { SeriesView } from "../../series/view";

export interface Scale {
  x: (t: number) => number;
  y: (value: number) => number;
}

/** Coordinates of a printed chart: a hundredth of a unit is finer than paper. */
const at = (number: number) => String(Math.round(number * 100) / 100);

/** Linear from `domain` to `range`. */
export function linear([a, b]: [number, number], [from, to]: [number, number]): (value: number) => number {
  const factor = b === a ? 0 : (to - from) / (b - a);
  return (value) => from + (value - a) * factor;
}

/** The same of the logarithm; NaN of what is not above zero. */
export function logarithmic([a, b]: [number, number], to: [number, number]): (value: number) => number {
  const scale = linear([Math.log(a), Math.log(b)], to);
  return (value) => (value > 0 ? scale(Math.log(value)) : NaN);
}

/** A line as an SVG path; a gap and what the scale cannot show break it, and steps hold each value until the next. */
export function linePath(series: SeriesView, { x, y }: Scale, steps = false): string {
  const { t, columns } = withGaps(series);
  const values = columns.at(-1)!; // a band's mean
  let path = "";
  let drawing = false;
  for (let index = 0; index < t.length; index += 1) {
    const value = values[index];
    if (typeof value !== "number" || Number.isNaN(y(value))) {
      drawing = false;
      continue;
    }
    const [px, py] = [at(x(t[index]!)), at(y(value))];
    path += !drawing ? `M${px} ${py}` : steps ? `H${px}V${py}` : `L${px} ${py}`;
    drawing = true;
  }
  return path;
}

/** The area between a band's smallest and largest values; a closed part between two gaps each. */
export function bandPath(series: SeriesView, { x, y }: Scale): string {
  if (series.method !== "band") return "";
  const { t, columns } = withGaps(series);
  const [low, high] = columns;
  let path = "";
  let part: number[] = [];
  const close = () => {
    if (part.length > 0) {
      const upper = part.map((index) => `${at(x(t[index]!))} ${at(y(high![index]!))}`);
      const lower = [...part].reverse().map((index) => `${at(x(t[index]!))} ${at(y(low![index]!))}`);
      path += `M${upper.join("L")}L${lower.join("L")}Z`;
    }
    part = [];
  };
  t.forEach((_, index) => {
    if (low![index] === null || high![index] === null) close();
    else part.push(index);
  });
  close();
  return path;
}

/** A counter's increase in each bucket as bars from zero. */
export function barsPath(series: SeriesView, { x, y }: Scale): string {
  if (series.method === "band") return "";
  const width = series.resolution_ms;
  return series.t
    .map((t, index) => {
      const value = series.v[index];
      if (typeof value !== "number") return "";
      const [left, right] = [x(t + 0.07 * width), x(t + 0.93 * width)];
      return `M${at(left)} ${at(y(0))}V${at(y(value))}H${at(right)}V${at(y(0))}Z`;
    })
    .join("");
}

/** Round values between low and high, at most `most`, and the step between them. */
export function valueTicks(low: number, high: number, most: number): { values: number[]; step: number } {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) return { values: [], step: 1 };
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * (1 - 1e-9))!;
  const values: number[] = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9; count += 1)
    values.push(count * step || 0); // never -0
  return { values, step };
}
