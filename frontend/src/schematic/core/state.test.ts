import { expect, test } from "vitest";
import { shareOf, stateOf } from "./state";
import type { Entry, Placement } from "./types";

const entry = (v: number | string | null): Entry => ({ v, t: 0, q: 0, stale: false, reason: null });
const pump: Placement = { id: "p", symbol: "pump", x: 0, y: 0, slots: { run: { sensor: "s" } } };
const valve: Placement = { id: "v", symbol: "valve_control", x: 0, y: 0, slots: { position: { sensor: "s" } } };
const discrete = { kind: "discrete", states: { "0": "Stopped", "1": "Running", "2": "Tripped" } };
const of = (
  placement: Placement,
  v: number | string | null,
  sensor: { kind: string; states?: Record<string, string> },
) =>
  stateOf(
    placement,
    () => entry(v),
    () => sensor,
  );

test("a machine's state has the name that its sensor declares", () => {
  expect(of(pump, 1, discrete)).toBe("running");
  expect(of(pump, 0, discrete)).toBe("stopped");
  expect(of(pump, 2, discrete)).toBe("fault");
  expect(of(pump, null, discrete)).toBe("unknown");
});

test("a measured current above its threshold means running", () => {
  const motor: Placement = { ...pump, symbol: "motor", slots: { run: { sensor: "s", above: 0.2 } } };
  expect(of(motor, 0.1, { kind: "continuous" })).toBe("stopped");
  expect(of(motor, 1.1, { kind: "continuous" })).toBe("running");
});

test("a valve is open, closed or in between", () => {
  const percent = { kind: "continuous" };
  expect([0, 1.5, 58, 99].map((v) => of(valve, v, percent))).toEqual(["closed", "closed", "between", "open"]);
  expect(of(valve, 1, { kind: "discrete", states: { "0": "Closed", "1": "Open" } })).toBe("open");
});

test("a level is a fraction of its sensor's range", () => {
  const level = { kind: "continuous", range: [0, 6] as const };
  expect(shareOf(entry(3), level)).toBe(0.5);
  expect(shareOf(entry(9), level)).toBe(1);
  expect(shareOf(entry(40), { kind: "continuous", unit: "%" })).toBe(0.4);
  expect(shareOf({ ...entry(3), stale: true }, level)).toBeUndefined();
  expect(shareOf(entry(3), { kind: "continuous", unit: "m" })).toBeUndefined();
});

test("an unbound symbol is neither running nor stopped", () => {
  expect(of({ ...pump, slots: {} }, 1, discrete)).toBe("none");
});
