import { expect, it } from "vitest";
import { makeMapping } from "./mapping";

const plain = { site: "skab", layout: "wide" as const, zone: "", format: "", columns: "" };

it("says no more than was typed", () => {
  expect(makeMapping(plain)).toEqual({ mapping: { site: "skab", layout: "wide" }, error: null });
});

it("pairs columns with tags, also where a column has an equals sign", () => {
  const { mapping } = makeMapping({ ...plain, columns: "Flow = FT-101\n\nx=y = PT-1\n", zone: "Asia/Dubai" });
  expect(mapping).toMatchObject({ columns: { Flow: "FT-101", "x=y": "PT-1" }, time: { zone: "Asia/Dubai" } });
});

it("names the line that is wrong", () => {
  expect(makeMapping({ ...plain, columns: "Flow = FT-101\nPressure" }).error).toContain("Line 2");
});

it("names sensors in a long file", () => {
  expect(makeMapping({ ...plain, layout: "long", columns: "F = FT-101" }).mapping).toMatchObject({
    sensors: { F: "FT-101" },
  });
});
