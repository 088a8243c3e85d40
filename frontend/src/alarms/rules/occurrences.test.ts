import { expect, it } from "vitest";
import type { Backtest } from "./api";
import { lanesOf } from "./occurrences";

const result = (occurrences: [string, number, number | null][]) =>
  ({
    start: 0,
    end: 100,
    count: occurrences.length,
    shorter_than_2_min: 0,
    per_day: 0,
    targets: [{ target: { id: "s1", tag: "AHU1-SAT", name: "" }, asset: null, count: 12 }],
    occurrences: occurrences.map(([key, raised, returned]) => ({ key, raised, returned, value: 1 })),
    complete: true,
    took_ms: 1,
  }) as unknown as Backtest;

it("gives each target a lane, by how often it was raised, which may be more than are drawn", () => {
  const lanes = lanesOf(
    result([
      ["r:s2", 5, 6],
      ["r:s1", 1, 2],
      ["r:s1", 90, null],
    ]),
  );
  expect(lanes.map(({ name, count }) => [name, count])).toEqual([
    ["AHU1-SAT", 12],
    ["s2", 1],
  ]);
  expect(lanes[0]!.bars[1]).toMatchObject({ start: 90, end: 100, open: true });
});

it("draws what is beyond the largest lanes together", () => {
  const many = lanesOf(result(Array.from({ length: 5 }, (_, k) => [`r:x${k}`, k, k + 1])), 3);
  expect(many).toHaveLength(4);
  expect(many[3]).toMatchObject({ key: "", count: 2 });
});
