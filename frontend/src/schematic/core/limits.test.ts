import { expect, test } from "vitest";
import { abnormalOf } from "./limits";
import type { Entry } from "./types";

const entry = (v: Entry["v"], stale = false): Entry => ({ v, t: 0, stale, q: 0, reason: null });
const range = [4, 8] as const;

test("a measured value is abnormal beyond its range only, and not at its limits", () => {
  const of = (v: Entry["v"]) => abnormalOf(entry(v), { kind: "continuous", range });
  expect([3.9, 4, 6, 8, 8.1].map(of)).toEqual(["low", undefined, undefined, undefined, "high"]);
});

test("a state is abnormal if its name says so", () => {
  const states = { "0": "Stopped", "2": "Tripped" };
  expect([0, 2, 7].map((v) => abnormalOf(entry(v), { kind: "discrete", states }))).toEqual([
    undefined,
    "fault",
    undefined,
  ]);
});

test("nothing is said of old, unknown or unlimited values, or of counters", () => {
  expect(abnormalOf(entry(99, true), { kind: "continuous", range })).toBeUndefined();
  expect(abnormalOf(entry(null), { kind: "continuous", range })).toBeUndefined();
  expect(abnormalOf(entry(99), { kind: "continuous", range: null })).toBeUndefined();
  expect(abnormalOf(entry(99), { kind: "counter", range })).toBeUndefined();
  expect(abnormalOf(undefined, { kind: "continuous", range })).toBeUndefined();
  expect(abnormalOf(entry(99), undefined)).toBeUndefined();
});
