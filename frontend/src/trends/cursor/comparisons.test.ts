import { describe, expect, it } from "vitest";
import type { LineView } from "../../series/view";
import { moved } from "../data";
import { difference, valueAt, valueAtReference } from "./comparisons";

describe("a comparison", () => {
  it("is the difference of two numbers", () => {
    expect(difference({ t: 5, value: 7.5 }, { t: 1, value: 10 })).toBe(-2.5);
    expect(difference({ t: 5, value: "On" }, { t: 1, value: 10 })).toBeNull();
    expect(difference({ t: 5, value: 7 }, null)).toBeNull();
  });
  it("has the exact value where it is known, and none in a gap", () => {
    const drawn = { t: 5, value: 7, min: 1, max: 9 };
    const exact = { sensor: "s", t: 6, v: 8 } as never;
    expect(valueAt(drawn, exact)).toEqual({ t: 6, value: 8 });
    expect(valueAt(drawn, undefined)).toBe(drawn);
    expect(valueAt(drawn, { sensor: "s", t: null, v: null } as never)).toBe(drawn);
    expect(valueAt(null, exact)).toBeNull();
  });
  it("has outside of what is in view the exact value, or none", () => {
    const series = { method: "minmax", t: [10, 20], v: [1, 2], gaps: [], start: 10, end: 30 } as unknown as LineView;
    const exact = (more: object) => ({ sensor: "s", t: 40, v: 9, stale: false, ...more }) as never;
    expect(valueAtReference(series, 25, undefined)).toEqual({ t: 20, value: 2 });
    expect(valueAtReference(series, 50, undefined)).toBeNull();
    expect(valueAtReference(series, 50, exact({}))).toEqual({ t: 40, value: 9 });
    expect(valueAtReference(series, 50, exact({ stale: true }))).toBeNull();
    expect(valueAtReference(series, 5, exact({ t: null, v: null }))).toBeNull();
  });
});

it("an earlier series is moved as a whole", () => {
  const series = { method: "minmax", t: [0, 10], v: [1, 2], gaps: [[3, 8]], start: 0, end: 20 } as unknown as LineView;
  expect(moved(series, 100)).toMatchObject({ t: [100, 110], v: [1, 2], gaps: [[103, 108]], start: 100, end: 120 });
  expect(moved(series, 0)).toBe(series);
});
