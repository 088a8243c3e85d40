import { expect, it } from "vitest";
import { miniTrend, spanOf } from "./trend";

const frame = { start: 0, end: 100, width: 100, height: 50 };
const series = { t: [0, 50, 100], v: [10, 12, 14] };

it("draws values and limit on one scale", () => {
  const found = miniTrend(series, 18, 50, frame)!;
  expect(found.limit).toBe(0);
  expect(found.raised).toBe(50);
  expect(found.path).toBe("M0.0 50.0L50.0 37.5L100.0 25.0");
});

it("leaves out a limit that would flatten the values, and a moment outside", () => {
  const found = miniTrend(series, 1_000, -5, frame)!;
  expect(found.limit).toBeNull();
  expect(found.raised).toBeNull();
  expect(found.path).toBe("M0.0 50.0L50.0 25.0L100.0 0.0");
  expect(miniTrend({ t: [1], v: [null] }, 5, null, frame)).toBeUndefined();
});

it("keeps a line in the middle where value and limit are the same all the time", () => {
  expect(miniTrend({ t: [0, 100], v: [5, 5] }, 5, null, frame)!.path).toBe("M0.0 25.0L100.0 25.0");
});

it("shows what came before, at least two hours, at most a week", () => {
  const hour = 3_600_000;
  expect(spanOf(null, 10 * hour)).toEqual({ start: 8 * hour, end: 10 * hour });
  expect(spanOf(100 * hour, 110 * hour).start).toBe(94.5 * hour);
  expect(spanOf(0, 10_000 * hour).start).toBe((10_000 - 168) * hour);
});
