import { expect, it } from "vitest";
import { formatHours, monthBars, monthName } from "./figures";

it("says hours as people do, and a dash for what is not known", () => {
  expect([null, 0, 0.001, 8.334, 50, 2_400].map(formatHours)).toEqual([
    "–",
    "0 h",
    "1 min",
    "8 h 20 min",
    "2 d 2 h",
    "100 d",
  ]);
});

it("draws a bar for each month that has a figure, in proportion, and none where it is not known", () => {
  const { bars, top } = monthBars([2, null, 0, 4], 400, 80);
  expect(top).toBe(4);
  expect(bars.map(({ index, height }) => [index, height])).toEqual([
    [0, 40],
    [3, 80],
  ]);
  expect(bars.every(({ x, width }) => x >= 0 && x + width <= 400)).toBe(true);
  expect(monthBars([], 400, 80).bars).toEqual([]);
  expect(monthBars([null, 0], 400, 80).bars).toEqual([]);
});

it("names a month alike on every clock", () => {
  const month = { start: Date.UTC(2026, 1, 28, 23), end: Date.UTC(2026, 2, 31, 22) };
  for (const zone of ["Europe/Berlin", "UTC", "America/Los_Angeles"]) expect(monthName(month, zone)).toBe("Mar 2026");
});
