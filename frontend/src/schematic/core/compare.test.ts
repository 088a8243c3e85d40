import { expect, test } from "vitest";
import { differenceOf, stateDifferences } from "./compare";
import type { State } from "./state";
import type { Entry, Placement } from "./types";

const entry = (v: Entry["v"], more: Partial<Entry> = {}): Entry => ({
  v,
  t: 0,
  stale: false,
  q: 0,
  reason: null,
  ...more,
});
const amount = { kind: "continuous", range: [0, 100] as const };

test("an amount's difference has the figures of the values, and a true minus", () => {
  expect(differenceOf(entry(12.34), entry(10), amount)).toMatchObject({ is: "amount", text: "+2.3" });
  expect(differenceOf(entry(10), entry(12.34), amount)).toMatchObject({ text: "\u22122.3" });
  expect(differenceOf(entry(0.5), entry(0.25), { kind: "continuous" })).toMatchObject({ text: "+0.2500" });
});

test("a difference that no figure would show is none", () => {
  expect(differenceOf(entry(10.01), entry(10), amount)).toBeUndefined();
  expect(differenceOf(entry(10), entry(10), amount)).toBeUndefined();
});

test("states and texts differ or do not, and have no amount", () => {
  expect(differenceOf(entry(1), entry(0), { kind: "discrete" })).toEqual({ is: "state", before: 0 });
  expect(differenceOf(entry("auto"), entry("hand"), { kind: "text" })).toEqual({ is: "state", before: "hand" });
  expect(differenceOf(entry(1), entry(1), { kind: "discrete" })).toBeUndefined();
});

test("nothing is computed from a value that is missing, old or bad", () => {
  for (const other of [undefined, entry(null), entry(5, { stale: true }), entry(5, { q: 2 })]) {
    expect(differenceOf(entry(5), other, amount)).toEqual({ is: "unknown" });
    expect(differenceOf(other, entry(5), amount)).toEqual({ is: "unknown" });
  }
});

test("changed machines and valves are those with two known states", () => {
  const placements = ["pump", "valve", "fan", "text"].map((id): Placement => ({ id, symbol: id, x: 0, y: 0 }));
  const now: Record<string, State> = { pump: "running", valve: "closed", fan: "running", text: "none" };
  const then: Record<string, State> = { pump: "running", valve: "open", fan: "unknown", text: "none" };
  expect(
    stateDifferences(
      placements,
      (id) => now[id]!,
      (id) => then[id]!,
    ).map(({ placement, before, after }) => [placement.id, before, after]),
  ).toEqual([["valve", "open", "closed"]]);
});
