import { describe, expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import type { LineView } from "../../series/view";
import { cell, rawRows, toCsv } from "./csv";

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

describe("files of samples", () => {
  const mode = { tag: "=MODE", name: "+mode", unit: "@u", kind: "text", states: {} } as unknown as Sensor;
  const series = { method: "changes", t: [0], v: ["=1+1"] } as unknown as LineView;
  it("guard the sensor, the unit and the value of shown points", () => {
    const [, row] = toCsv([{ sensor: mode, slot: 1, series }]).split("\r\n");
    expect(row).toBe("'=MODE,1970-01-01T00:00:00.000Z,'=1+1,,,'@u");
  });
  it("have the points of a compared range at their own times", () => {
    const earlier = { method: "changes", t: [5000], v: ["B"] } as unknown as LineView;
    const rows = toCsv([{ sensor: mode, slot: 1, series, earlier }], 4000).split("\r\n");
    expect(rows[2]).toBe("'=MODE,1970-01-01T00:00:01.000Z,B,,,'@u");
  });
  it("guard them in exports of all samples too", () => {
    expect(rawRows(mode, { t: [0], v: ["=1+1"], q: [0] })).toBe("'=MODE,1970-01-01T00:00:00.000Z,'=1+1,0,'@u\r\n");
  });
});
