import { describe, expect, test } from "vitest";
import { lineOf, missing, syntaxError, viewOf, withLayout, withSensor, withValue } from "./mapping";

const NEW = "site: harbour\nlayout: wide\n";
const TEXT = `# the old historian
site: harbour
time: {column: when, zone: UTC}
columns:
  Flow: FT-101 # of the main
  "1": {sensor: TT-1, scale: 0.5}
`;

describe("a mapping as text", () => {
  test("is parsed into the form", () => {
    const view = viewOf(TEXT);
    expect([view.site, view.layout, view.text(["time", "zone"])]).toEqual(["harbour", "wide", "UTC"]);
    expect([...view.sensors!]).toEqual([
      ["Flow", "FT-101"],
      ["1", "TT-1"],
    ]);
  });

  test("keeps comments and rules that the form does not show", () => {
    const changed = withSensor(withSensor(TEXT, "1", "TT-2"), "Flow", "FT-102");
    expect(changed).toContain("# the old historian");
    expect(changed).toContain("Flow: FT-102");
    expect(changed).toContain("scale: 0.5");
    expect([...viewOf(changed).sensors!.values()]).toEqual(["FT-102", "TT-2"]);
    expect(viewOf(withSensor(changed, "1", "")).sensors!.has("1")).toBe(false);
  });

  test("adds keys with their missing parents, and removes them with their last value", () => {
    const zoned = withValue(NEW, ["time", "zone"], "UTC");
    expect(viewOf(zoned).text(["time", "zone"])).toBe("UTC");
    expect(withValue(zoned, ["time", "zone"], "")).toBe(NEW);
  });

  test("with one row per sample names the columns that the server needs", () => {
    const long = withLayout(TEXT, "long");
    expect(viewOf(long).sensors).toBeNull();
    expect(missing(viewOf(long))).toMatch(/column of sensor names/);
    const named = withValue(withValue(long, ["sensor_column"], "point"), ["value_column"], "value");
    expect(missing(viewOf(named))).toBeNull();
    expect(withSensor(named, "AHU-1 supply", "TT-1")).toContain("sensors:\n  AHU-1 supply: TT-1");
    expect(viewOf(withLayout(named, "wide")).text(["sensor_column"])).toBe("");
  });

  test("with invalid YAML reports the line", () => {
    expect(syntaxError(TEXT)).toBeNull();
    expect(syntaxError("site: harbour\ncolumns: {a: b\nx: [")?.line).toBeGreaterThan(1);
    expect(syntaxError("harbour")?.line).toBe(1);
  });

  test.each([
    ["The mapping is neither JSON nor YAML: while parsing, line 4, column 2", 4],
    ["The mapping is not valid: Object contains unknown field `columns`.", 4],
    ["The mapping is not valid: Expected `str`, unwrap `int` - at `$.time.zone`.", 3],
    ["The mapping is not valid: Expected `float` - at `$.columns[...].scale`.", 4],
    ["The mapping of 'Flow': has no sensor 'FT-1O1'.", 5],
    ["The mapping names the site 'harbour'; the sites are: none.", 2],
    ["The disk is full.", null],
  ])("%s", (message, line) => {
    expect(lineOf(TEXT, message)).toBe(line);
  });
});
