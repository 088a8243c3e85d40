import { describe, expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import { conflictsOf, errorsById, fill, isAlike, itemsOf, partsOf, retag, seriesText } from "./naming";

const sensor = (id: string, tags: Record<string, string>, field = "temp"): Sensor =>
  ({
    id,
    site: "p1",
    tag: `boiler.${id}`,
    name: "",
    asset: null,
    unit: "",
    revision: 2,
    origin: { source: "influxdb", name: "boiler", field, tags },
  }) as unknown as Sensor;

const a = sensor("a", { unit: "B-7", rack: "1" });
const b = sensor("b", { unit: "B-8" }, "flow");

describe("a pattern", () => {
  it("is filled from the origin, and keeps what it does not know", () =>
    expect(fill("{unit}.{field} of {name} {rack}{{", b)).toBe("B-8.flow of boiler {rack}{{"));

  it("may hold only what all sensors have", () => expect(partsOf([a, b])).toEqual(["tag", "name", "field", "unit"]));

  it("is not filled twice", () => expect(fill("{unit}", sensor("c", { unit: "{field}" }))).toBe("{field}"));
});

it("names many, and changes nothing where nothing is given", () => {
  expect(itemsOf([a, b], { tag: "{unit}-{field}", name: "", unit: "°C", asset: null })).toEqual([
    { id: "a", revision: 2, tag: "B-7-temp", name: "", unit: "°C", asset: null },
    { id: "b", revision: 2, tag: "B-8-flow", name: "", unit: "°C", asset: null },
  ]);
  expect(itemsOf([a], { tag: " ", name: "", unit: "", asset: "x" })[0]).toMatchObject({ tag: "boiler.a", asset: "x" });
});

it("lets a name that is only the tag go with the tag", () => {
  expect(retag({ tag: "a", name: "a" }, "b")).toEqual({ tag: "b", name: "b" });
  expect(retag({ tag: "a", name: "Supply" }, "b")).toEqual({ tag: "b", name: "Supply" });
});

it("leaves out suggestions that say nothing", () =>
  expect(
    [
      { by_name: 0.3, by_values: null },
      { by_name: 0.3, by_values: 0.9 },
      { by_name: 0.5, by_values: 0.1 },
    ].map(isAlike),
  ).toEqual([false, true, true]));

it("finds tags that two sensors of one site would have", () => {
  const items = itemsOf([a, b], { tag: "same", name: "", unit: "", asset: null });
  const at = (of: string) =>
    new Map([
      ["a", "p1"],
      ["b", of],
    ] as const);
  expect([...conflictsOf(items, at("p1"), "twice")]).toEqual([["b", "twice"]]);
  expect([...conflictsOf(items, at("p2"), "twice")]).toEqual([]);
});

it("puts what the server found wrong at its sensor", () => {
  const items = itemsOf([a, b], { tag: "x", name: "", unit: "", asset: null });
  const errors = errorsById(items, [{ index: 1, field: "tag", message: "is taken." }, { message: "other" }]);
  expect([...errors]).toEqual([["b", "tag is taken."]]);
});

it("shows a series as it was sent", () => expect(seriesText(a)).toBe("boiler unit=B-7 rack=1 temp"));
