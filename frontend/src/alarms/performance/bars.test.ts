import { expect, it } from "vitest";
import { barsOf } from "./bars";

const MINUTES = 60_000;
const shape = { start: 0, end: 30 * MINUTES, width: 300, height: 40 };

it("draws each part that has alarms to one scale, and names the highest and the floods", () => {
  const { bars, yOf, most } = barsOf([0, 5, 20], 10 * MINUTES, shape);
  expect(bars.map(({ start, x, height, flood }) => [start / MINUTES, x, height, flood])).toEqual([
    [10, 100, 10, false],
    [20, 200, 40, true],
  ]);
  expect(yOf(2)).toBe(4);
  expect(most?.count).toBe(20);
});

it("keeps few alarms low, and takes longer parts for what they are", () => {
  expect(barsOf([1], 10 * MINUTES, shape).bars[0]!.height).toBe(10);
  expect(barsOf([25], 30 * MINUTES, shape).bars[0]!.flood).toBe(false);
  expect(barsOf([31], 30 * MINUTES, shape).bars[0]!.flood).toBe(true);
  expect(barsOf([0, 0], 10 * MINUTES, shape).most).toBeUndefined();
});
