import { expect, test } from "vitest";
import { changeMarks, stateChanges } from "./changes";

const run = {
  t: Float64Array.from([0, 10, 20, 30]),
  columns: new Map([
    ["valve", { v: Float32Array.from([1, 1, 0, 0]) }],
    ["pump", { v: Float32Array.from([NaN, 1, 1, 1]) }],
    ["mode", { v: Float32Array.from([0, 0, 0, 1]), texts: ["auto", "hand"] }],
  ]),
  changed: { pump: [[2, 3]] as [number, number][] },
};

test("a change lies at the first frame that shows it; one that came and went is named, too", () => {
  expect(stateChanges(run, ["valve", "pump", "mode", "valve", "none"])).toEqual([
    { t: 20, sensor: "valve", from: 1, to: 0, passed: false },
    { t: 20, sensor: "pump", from: 1, to: 1, passed: true },
    { t: 30, sensor: "mode", from: "auto", to: "hand", passed: false },
  ]);
  expect(stateChanges(undefined, ["valve"])).toEqual([]);
});

test("a value that appears is no change of state", () => {
  expect(stateChanges({ ...run, changed: {} }, ["pump"])).toEqual([]);
});

test("changes too close to be told apart are one mark, and those outside the window none", () => {
  const changes = stateChanges(run, ["valve", "pump", "mode"]);
  const marks = changeMarks(changes, { start: 0, end: 40 }, 4);
  expect(marks.map(({ t, changes: some }) => [t, some.length])).toEqual([
    [20, 2],
    [30, 1],
  ]);
  expect(changeMarks(changes, { start: 0, end: 40 }, 1)).toHaveLength(1);
  expect(changeMarks(changes, { start: 0, end: 30 }, 4)).toHaveLength(1);
});
