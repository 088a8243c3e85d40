import { describe, expect, it } from "vitest";
import { cell } from "./csv";

describe("a cell of a CSV file", () => {
  it.each([
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ["+1+1", "'+1+1"],
    ["-2+3", "'-2+3"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ["- off", "'- off"],
  ])("guards %j", (text, written) => {
    expect(cell(text)).toBe(written);
  });

  it.each([
    [-1.5, "-1.5"],
    ["-1.5", "-1.5"],
    ["+4e-3", "+4e-3"],
    [-1e-7, "-1e-7"],
    ["TT-101", "TT-101"],
    ["a=b", "a=b"],
    ["", ""],
    ['3/4" valve', '"3/4"" valve"'],
  ])("leaves %j", (value, written) => {
    expect(cell(value)).toBe(written);
  });
});
