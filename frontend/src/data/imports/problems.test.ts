import { expect, test } from "vitest";
import type { ImportReport } from "../../api/types";
import { byColumn } from "./problems";

const cell = (column: string, line: number) => ({ file: "log.csv", line, column, text: "x", why: "is no number" });

test("problems are grouped by column, and those not listed are counted", () => {
  const report = {
    bad_rows: 3,
    unreadable_by_column: { Flow: 900, time: 1 },
    problems: [cell("time", 2), cell("", 3), cell("Flow", 4), cell("Flow", 5)],
  } as unknown as ImportReport;
  expect(byColumn(report).map((each) => [each.column, each.count, each.problems.map(({ line }) => line)])).toEqual([
    ["Flow", 900, [4, 5]],
    ["", 3, [3]],
    ["time", 1, [2]],
  ]);
});
