import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesView } from "../../series/view";
import { bandPath, barsPath, linear, linePath, logarithmic, valueTicks } from "./vector";

const scale = { x: (t: number) => t, y: (value: number) => -value };
const line = (t: number[], v: number[], gaps: [number, number][] = []) =>
  ({ method: "minmaxlttb", t, v, gaps, resolution_ms: 0 }) as unknown as SeriesView;

describe("a printed chart", () => {
  it("draws a line, and none across a gap", () => {
    expect(linePath(line([0, 10, 20], [1, 2, 3]), scale)).toBe("M0 -1L10 -2L20 -3");
    expect(linePath(line([0, 10, 90, 100], [1, 2, 3, 4], [[10, 90]]), scale)).toBe("M0 -1L10 -2M90 -3L100 -4");
    expect(linePath(line([0, 10], [1, 2]), scale, true)).toBe("M0 -1H10V-2");
  });

  it("has a logarithmic scale, on which a line breaks at what is not above zero", () => {
    const y = logarithmic([1, 100], [100, 0]);
    [1, 10, 100].forEach((value, index) => expect(y(value)).toBeCloseTo([100, 50, 0][index]!));
    expect(y(0)).toBeNaN();
    expect(linePath(line([0, 10, 20, 30], [1, 10, -1, 100]), { ...scale, y })).toBe("M0 100L10 50M30 0");
  });

  it("closes a band before a gap and opens it after", () => {
    const band = {
      method: "band",
      t: [0, 10, 90],
      min: [0, 1, 2],
      max: [2, 3, 4],
      mean: [1, 2, 3],
      gaps: [[20, 90]],
      resolution_ms: 10,
    } as unknown as SeriesView;
    expect(bandPath(band, scale)).toBe("M0 -2L10 -3L10 -1L0 0ZM90 -4L90 -2Z");
    expect(linePath(band, scale)).toBe("M0 -1L10 -2M90 -3");
  });

  it("draws an increase as a bar from zero", () => {
    const bars = { method: "inc", t: [0], v: [5], gaps: [], resolution_ms: 100 } as unknown as SeriesView;
    expect(barsPath(bars, scale)).toBe("M7 0V-5H93V0Z");
  });

  it("labels an axis with a few round values inside it", () => {
    expect(valueTicks(0, 10, 5).values).toEqual([0, 2, 4, 6, 8, 10]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, size) => {
          const { values, step } = valueTicks(low, low + size, 6);
          expect(values.length).toBeGreaterThan(0);
          expect(values.length).toBeLessThanOrEqual(7);
          for (const value of values) {
            expect(value).toBeGreaterThanOrEqual(low - step * 1e-6);
            expect(value).toBeLessThanOrEqual(low + size + step * 1e-6);
          }
        },
      ),
    );
  });

  it("maps ends to ends", () => {
    const y = linear([0, 10], [100, 0]);
    expect([y(0), y(5), y(10)]).toEqual([100, 50, 0]);
    expect(linear([3, 3], [1, 2])(7)).toBe(1);
  });
});
