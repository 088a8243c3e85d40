import { describe, expect, it } from "vitest";
import { isNoisy, lastAtOrBefore, readAt, withGaps } from "./view";
import type { BandView, LineView } from "./view";

function line(t: number[], v: number[], rest: Partial<LineView> = {}): LineView {
  const stats = { count: v.length, min: Math.min(...v), max: Math.max(...v), mean: 0 };
  const base = { sensor: "s", start: 0, end: 100, gaps: [], rung: "raw", complete: true, resolution_ms: 0 };
  return { ...base, samples: v.length, bad: 0, stats, method: "minmax", t, v, ...rest } as LineView;
}

describe("a series", () => {
  it("finds the last sample, and none inside a gap", () => {
    const series = line([0, 10, 50, 60], [1, 2, 3, 4], { gaps: [[10, 50]] });
    expect(lastAtOrBefore(series.t, 9)).toBe(0);
    expect(readAt(series, 5)?.value).toBe(1);
    expect(readAt(series, 30)).toBeNull();
    expect(readAt(series, 50)?.value).toBe(3);
    expect(readAt(series, -1)).toBeNull();
  });
  it("breaks the line only where a gap is between two shown samples", () => {
    const { t, columns } = withGaps(line([0, 10, 50, 60], [1, 2, 3, 4], { gaps: [[12, 48]] }));
    expect(columns[0]).toEqual([1, 2, null, 3, 4]);
    expect(t).toEqual([0, 10, 30, 50, 60]);
  });
  it("breaks the line at every gap", () => {
    const { columns } = withGaps(
      line([0, 100, 200], [1, 2, 3], {
        gaps: [
          [0, 50],
          [60, 100],
          [100, 200],
        ],
      }),
    );
    expect(columns[0]).toEqual([1, null, 2, null, 3]);
  });
  it("does not break a band at a gap inside one bucket", () => {
    const series = {
      ...line([0, 10, 20], [], { gaps: [[12, 16]], resolution_ms: 10 }),
      method: "band",
      min: [1, 1, 1],
      max: [3, 3, 3],
      mean: [2, 2, 2],
    } as unknown as BandView;
    expect(withGaps(series).columns).toEqual([
      [1, 1, 1],
      [3, 3, 3],
      [2, 2, 2],
    ]);
  });
  it("is noisy if its line would jump, not for a slow wave or if every sample is shown", () => {
    const t = Array.from({ length: 500 }, (_, index) => index);
    const scribble = t.map((index) => (index % 2 ? 1 : 0));
    const wave = t.map((index) => Math.sin(index / 60));
    expect(isNoisy(line(t, scribble, { resolution_ms: 5 }))).toBe(true);
    expect(isNoisy(line(t, wave, { resolution_ms: 5 }))).toBe(false);
    expect(isNoisy(line(t, scribble))).toBe(false);
  });
});
