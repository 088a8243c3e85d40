import { roundStep } from "../../format";
import type { OverlayLine } from "./data";

export interface Scale {
  low: number;
  high: number;
  /** Of the longest run, in ms. */
  length: number;
}

export function scaleOf(lines: OverlayLine[]): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (const { v } of lines) {
    for (const value of v) {
      if (typeof value !== "number") continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const length = Math.max(1, ...lines.map(({ start, end }) => end - start));
  if (low > high) return { low: 0, high: 1, length };
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return { low: low - margin, high: high + margin, length };
}

/** A path through the samples of a run, interrupted by its gaps; `step`: each value lasts until the next. */
export function pathOf(line: OverlayLine, x: (t: number) => number, y: (v: number) => number, step: boolean): string {
  const parts: string[] = [];
  let pen = false;
  let last: number | null = null;
  line.t.forEach((t, index) => {
    const value = line.v[index];
    if (typeof value !== "number") return;
    const since = last;
    const apart = since === null || line.gaps.some(([from, to]) => from! < t && to! > since);
    const [left, top] = [round(x(t)), round(y(value))];
    if (!pen || apart) parts.push(`M${left} ${top}`);
    else parts.push(step ? `H${left}V${top}` : `L${left} ${top}`);
    pen = true;
    last = t;
  });
  return parts.join("");
}

const round = (value: number) => Math.round(value * 10) / 10;

/** About so many round numbers within the scale. */
export function ticksOf(low: number, high: number, count = 4): number[] {
  const step = roundStep((high - low) / count);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}
