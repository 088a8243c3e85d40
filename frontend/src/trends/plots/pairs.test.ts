import { describe, expect, it } from "vitest";
import type { SeriesView } from "../../series/view";
import { blend, nearestPair, pairsOf, rangeOf } from "./pairs";

function mean(t: number[], v: number[], rest: Partial<SeriesView> = {}): SeriesView {
  return { sensor: "s", method: "mean", t, v, gaps: [], start: 0, end: 100, resolution_ms: 0, ...rest } as SeriesView;
}

describe("pairs of an XY plot", () => {
  it("are the means of the same buckets, where both have them", () => {
    const buckets = { resolution_ms: 10 };
    const pairs = pairsOf(mean([0, 10, 20, 40], [1, 2, 3, 4], buckets), mean([10, 20, 30], [7, 8, 9], buckets));
    expect(pairs).toEqual({ t: [10, 20], x: [2, 3], y: [7, 8] });
  });
  it("are as of the times of the sensor with fewer values otherwise, and none in a gap", () => {
    const often = mean([0, 1, 2, 3, 30, 31], [10, 11, 12, 13, 14, 15], { gaps: [[3, 30]] });
    const seldom = mean([2, 20, 31], [1, 2, 3], { resolution_ms: 5 });
    expect(pairsOf(often, seldom)).toEqual({ t: [2, 31], x: [12, 15], y: [1, 3] });
    expect(pairsOf(seldom, often)).toEqual({ t: [2, 31], x: [1, 3], y: [12, 15] });
  });
  it("are none before the other one's first value", () => {
    expect(pairsOf(mean([50, 60], [1, 2]), mean([10], [1])).t).toEqual([]);
  });
});

describe("an XY plot", () => {
  it("finds the point under the pointer", () => {
    const pairs = { t: [1, 2, 3], x: [0, 10, 20], y: [0, 10, 20] };
    const at = (index: number): [number, number] => [pairs.x[index]!, pairs.y[index]!];
    expect(nearestPair(pairs, at, 11, 12)).toBe(1);
    expect(nearestPair(pairs, at, 200, 12)).toBe(-1);
  });
  it("goes from the first colour to the last", () => {
    const stops = ["#000000", "#ff0000", "#ffffff"];
    expect([0, 0.25, 0.5, 1, 2].map((share) => blend(stops, share))).toEqual([
      "#000000",
      "#800000",
      "#ff0000",
      "#ffffff",
      "#ffffff",
    ]);
  });
  it("has a margin, also around a single value", () => {
    expect(rangeOf([0, 10])).toEqual([-0.5, 10.5]);
    expect(rangeOf([20])).toEqual([19, 21]);
    expect(rangeOf([])).toEqual([0, 1]);
  });
});
