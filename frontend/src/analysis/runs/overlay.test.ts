import { expect, it } from "vitest";
import { pathOf, scaleOf, ticksOf } from "./overlay";

const line = { start: 0, end: 100, t: [0, 10, 20, 60], v: [1, 2, 3, 4], gaps: [[25, 55]] };
const same = (value: number) => value;

it("draws a run's samples, and no line across a gap", () => {
  expect(pathOf(line, same, same, false)).toBe("M0 1L10 2L20 3M60 4");
});

it("draws states as steps", () => {
  expect(pathOf({ ...line, gaps: [] }, same, same, true)).toBe("M0 1H10V2H20V3H60V4");
});

it("leaves texts out", () => {
  expect(pathOf({ ...line, v: ["a", "b", "c", "d"] }, same, same, false)).toBe("");
});

it("is as long as the longest run, and has room above and below", () => {
  const { low, high, length } = scaleOf([line, { ...line, end: 300, v: [11, 11, 11, 11] }]);
  expect([low, high, length]).toEqual([0.5, 11.5, 300]);
  expect(scaleOf([])).toEqual({ low: 0, high: 1, length: 1 });
});

it("has round numbers on its axis", () => {
  expect(ticksOf(0.5, 11.5)).toEqual([5, 10]);
});
