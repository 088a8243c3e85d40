import { describe, expect, it } from "vitest";
import { formatValue } from ".";
import { axisBase, axisLabels, logTicks, stepDecimals } from "./axis";

/** Ticks of an axis as a chart chooses them: round, and at least a few. */
function ticks(low: number, high: number): { splits: number[]; step: number; base: number } {
  const base = axisBase(low, high);
  const [from, to] = [low - base, high - base];
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((each) => each >= rough)!;
  const splits: number[] = [];
  for (let at = Math.ceil(from / step); at * step <= to; at += 1) splits.push(at * step);
  return { splits, step, base };
}

describe("the labels of an axis", () => {
  it("format a single tick by the step", () => {
    expect(axisLabels([0.7], 0.1)).toEqual(["0.7"]);
    expect(axisLabels([2.5], 2.5)).toEqual(["2.5"]);
    expect(axisLabels([0], 0.25)).toEqual(["0.00"]);
    expect(axisLabels([40], 20)).toEqual(["40"]);
  });
  it("subtract a totaliser's base, and show it once", () => {
    const { splits, step, base } = ticks(1_234_500_000, 1_234_500_900);
    expect(base).toBe(1_234_500_000);
    expect(axisLabels(splits, step)).toEqual(["0", "200", "400", "600", "800"]);
  });
  it("distinguish values that differ in their last bits", () => {
    const { splits, step, base } = ticks(1e15 - 0.125, 1e15 + 0.125);
    expect(1e15 - 0.125 - base).toBeGreaterThanOrEqual(0);
    expect(new Set(axisLabels(splits, step)).size).toBe(splits.length);
  });
  it("always differ and stay short, from the smallest to the largest values", () => {
    for (const size of [1e-12, 1e-6, 0.003, 0.7, 1, 25, 999, 1e5, 1e6, 1e9, 1.5e12, 1e15, 1e18, 1e200]) {
      for (const share of [1, 0.5, 0.1, 1e-2, 1e-4, 1e-6, 1e-9]) {
        for (const sign of [1, -1]) {
          const [low, high] = [sign * size, sign * size * (1 + share)].sort((a, b) => a - b) as [number, number];
          const { splits, step } = ticks(low, high);
          const labels = axisLabels(splits, step);
          const where = `${low} to ${high}: ${labels.join("  ")}`;
          expect(new Set(labels).size, where).toBe(splits.length);
          expect(splits.length, where).toBeGreaterThan(1);
          for (const label of labels) expect(label.length, where).toBeLessThanOrEqual(12);
        }
      }
    }
  });
  it("have the decimals of their step", () => {
    for (const [step, decimals] of [
      [1, 0],
      [2.5, 1],
      [0.25, 2],
      [0.1, 1],
      [1e-9, 9],
      [500, 0],
    ] as const) {
      expect(stepDecimals(step), String(step)).toBe(decimals);
    }
  });
});

describe("a logarithmic axis", () => {
  it("has round values, fewer to a decade the more decades there are", () => {
    expect(logTicks(0.8, 120, 8)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks(0.001, 1e6, 6)).toEqual([0.01, 1, 100, 10_000, 1_000_000]);
    expect(logTicks(26, 33.5, 4)).toEqual([26, 28, 30, 32]);
  });
  it("has some within any range, in order, and not many more than fit", () => {
    for (const low of [1e-300, 1e-9, 0.3, 1, 7, 4.2e12]) {
      for (const factor of [1.05, 1.5, 4, 6, 20, 1e3, 1e9, 1e250]) {
        for (const most of [2, 5, 9]) {
          const ticks = logTicks(low, low * factor, most);
          expect(ticks.length, `${low} ${factor} ${most}`).toBeLessThanOrEqual(most + 2);
          expect([...new Set(ticks)].sort((a, b) => a - b)).toEqual(ticks);
          expect(ticks.every((tick) => tick >= low && tick <= low * factor)).toBe(true);
        }
      }
    }
  });
  it("has none where there is no range", () => {
    expect([logTicks(0, 5, 5), logTicks(5, 5, 5), logTicks(1, Infinity, 5)]).toEqual([[], [], []]);
  });
});

describe("a register", () => {
  it("is shown to its last digit", () => {
    expect(formatValue(1_234_500_900, null, { kind: "counter", unit: "kWh" })).toBe("1,234,500,900\u2009kWh");
    expect(formatValue(1_234_500_900, null, { kind: "continuous" })).toBe("1.23·10⁹");
  });
});
