import { describe, expect, it } from "vitest";
import type { Asset, Sensor } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { measureOf, targetsOf } from "./targets";

const sensor = (tag: string, asset: string, unit: string, states?: Record<string, string>) =>
  ({ id: `s-${tag}`, tag, name: `${tag} value`, asset, unit, states: states ?? null }) as Sensor;
const SENSORS = [
  sensor("CH1-DP", "a1", "bar"),
  sensor("CH2-DP", "a2", "bar"),
  sensor("CH2-T", "a2", "degC"),
  sensor("P1-ST", "a3", "", { "0": "Stopped", "2": "Tripped" }),
  sensor("P2-ST", "a3", "", { "0": "Off", "2": "Tripped" }),
];
const ASSETS = [
  { id: "a1", type: "Chiller" },
  { id: "a2", type: "chiller" },
  { id: "a3", type: "pump" },
] as Asset[];
const catalog = {
  assets: ASSETS,
  sensors: SENSORS,
  sensorById: new Map(SENSORS.map((each) => [each.id, each])),
  sensorByTag: new Map(SENSORS.map((each) => [each.tag, each])),
  sensorsOf: new Map(ASSETS.map(({ id }) => [id, SENSORS.filter((each) => each.asset === id)])),
} as unknown as SiteCatalog;

const tags = (found: Sensor[]) => found.map((each) => each.tag);

describe("the sensors of a rule", () => {
  it("are those it names by tag, site and tag, or id", () => {
    expect(tags(targetsOf({ sensors: ["CH2-T", "harbour:CH1-DP", "s-P1-ST", "gone"] }, catalog))).toEqual([
      "CH2-T",
      "CH1-DP",
      "P1-ST",
    ]);
  });

  it("are those of every asset of the type whose tag or name matches", () => {
    expect(tags(targetsOf({ asset_type: "CHILLER", pattern: "*-dp" }, catalog))).toEqual(["CH1-DP", "CH2-DP"]);
    expect(tags(targetsOf({ asset_type: "chiller", pattern: "CH?-T value" }, catalog))).toEqual(["CH2-T"]);
    expect(targetsOf({ asset_type: "chiller" }, catalog)).toEqual([]);
  });
});

it("says a unit and names of states only where all sensors have the same", () => {
  const of = (...wanted: string[]) => measureOf(wanted.map((tag) => catalog.sensorByTag.get(tag)!));
  expect(of("CH1-DP", "CH2-DP").unit).toBe("bar");
  expect(of("CH1-DP", "CH2-T").unit).toBe("");
  expect(of("P1-ST", "P2-ST").states).toEqual({ "2": "Tripped" });
  expect(of()).toEqual({ unit: "", states: {} });
});
