import { expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import { axisOf, barsOf, periodName, shortName, slotOf, statesOf, unusualHours } from "./bars";
import type { Period } from "./data";
import { readChoice, roundedUp } from "./ranges";

const HOUR = 3_600_000;
const START = Date.parse("2026-10-24T22:00:00Z"); // midnight in Vienna, on the day with 25 hours
const ZONE = "Europe/Vienna";
const sensor = (kind: Sensor["kind"], states = {}) =>
  ({ id: "s1", tag: "T", kind, states, unit: "" }) as unknown as Sensor;
const period = (given: Partial<Period>): Period => ({ start: START, end: START + 25 * HOUR, count: 1, ...given });

it("draws means from zero, with a line from the smallest to the largest sample", () => {
  const bars = barsOf(
    [period({ mean: -2, min: -5, max: 1 }), period({ mean: null, min: null, max: null })],
    sensor("continuous"),
    [],
  );
  expect(bars).toEqual([
    { parts: [{ low: -2, high: 0, slot: 1 }], whisker: [-5, 1] },
    { parts: [], whisker: null },
  ]);
});

it("draws nothing where a counter has no sample", () => {
  const bars = barsOf([period({ increase: 0 }), period({ increase: null })], sensor("counter"), []);
  expect(bars.map(({ parts }) => parts.length)).toEqual([1, 0]);
});

it("stacks the shares of states, which leave room for unknown time", () => {
  const periods = [period({ states: { 0: 5 * HOUR, 1: 10 * HOUR } }), period({ states: { 0: 20 * HOUR } })];
  const states = statesOf(periods)!;
  expect(states).toEqual(["0", "1"]);
  const [first] = barsOf(periods, sensor("discrete"), states);
  expect(first!.parts).toEqual([
    { low: 0, high: 20, slot: 1 },
    { low: 20, high: 60, slot: 2 },
  ]);
});

it("has no states if a period has too many", () => {
  expect(statesOf([period({ states: { a: 1 } }), period({ states: null })])).toBeNull();
});

it("gives the ninth state the colour of the eighth", () => {
  expect(slotOf([..."abcdefghij"], "j")).toBe(8);
});

it("has an axis of round numbers from zero", () => {
  const axis = axisOf(barsOf([period({ increase: 83 })], sensor("counter"), []), false);
  expect(axis).toEqual({ low: 0, high: 100, ticks: [0, 50, 100] });
});

it("begins the axis of values that vary little just below them", () => {
  const bars = barsOf([period({ mean: 101, min: 100, max: 102 })], sensor("continuous"), []);
  const { low, high } = axisOf(bars, false);
  expect(low).toBeGreaterThan(98);
  expect(high).toBeLessThan(104);
});

it("has an axis without any value", () => {
  expect(axisOf([], false).ticks).toContain(0);
});

it("says how long a day is on which clocks are changed", () => {
  expect(unusualHours(period({}), "day", ZONE)).toBe(25);
  expect(unusualHours(period({ end: START, start: START - 24 * HOUR }), "day", ZONE)).toBeNull();
});

it("names periods by the local calendar", () => {
  expect(periodName(period({}), "day", ZONE)).toBe("Sun 25 Oct 2026");
  expect(periodName(period({}), "hour", ZONE)).toBe("25 Oct 2026 00:00");
  expect(periodName(period({ end: START + (7 * 24 + 1) * HOUR }), "week", ZONE)).toBe("25 Oct – 31 Oct 2026");
  expect(shortName(period({}), "month", ZONE)).toBe("Oct 2026");
});

it("reads from the address only what fits together", () => {
  expect(readChoice(new URLSearchParams("range=3y&by=hour")).by).toBe("month");
  expect(readChoice(new URLSearchParams("range=31d&by=hour")).by).toBe("hour");
  expect(readChoice(new URLSearchParams("range=100y&until=x")).end).toBeNull();
  expect(roundedUp(60_001)).toBe(120_000);
});
