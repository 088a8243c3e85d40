import { expect, it } from "vitest";
import type { Area, Asset, Sensor } from "../api/types";
import type { SiteCatalog } from ".";
import { makeTree, visibleRows } from "./tree";

const areas = [
  { id: "r1", name: "Hall", parent: null },
  { id: "r2", name: "Pit", parent: "r1" },
] as Area[];
const assets = [
  { id: "a1", tag: "CH-1", name: "Chiller 1", area: "r1", parent: null },
  { id: "a2", tag: "IV-1", name: "Valve", area: null, parent: "a1" },
  { id: "a3", tag: "P-9", name: "Bare", area: "r2", parent: null },
] as Asset[];
const sensors = [
  { id: "s1", tag: "CH1-PWR", name: "Power", unit: "kW", asset: "a1" },
  { id: "s2", tag: "IV1-POS", name: "Position", unit: "%", asset: "a2" },
  { id: "s3", tag: "OA-T", name: "Outside", unit: "°C", asset: null },
] as Sensor[];

const catalog = {
  areas,
  assets,
  sensors,
  connections: [],
  sensorsOf: new Map([
    ["a1", [sensors[0]!]],
    ["a2", [sensors[1]!]],
  ]),
  assetById: new Map(assets.map((asset) => [asset.id, asset])),
} as unknown as SiteCatalog;

const shown = (closed: string[], filter: string) =>
  visibleRows(makeTree(catalog), new Set(closed), filter).map((row) => `${row.depth} ${row.label}`);

it("nests sensors in assets in areas, and omits empty places", () => {
  expect(shown([], "")).toEqual([
    "0 Hall",
    "1 CH-1",
    "2 CH1-PWR",
    "2 IV-1",
    "3 IV1-POS",
    "0 Without an asset",
    "1 OA-T",
  ]);
});

it("hides the contents of a collapsed place", () => {
  expect(shown(["a1"], "")).toEqual(["0 Hall", "1 CH-1", "0 Without an asset", "1 OA-T"]);
});

it("shows every match with its ancestors, also in collapsed places and by the asset's name", () => {
  expect(shown(["r1"], "pos")).toEqual(["0 Hall", "1 CH-1", "2 IV-1", "3 IV1-POS"]);
  expect(shown([], "chiller power")).toEqual(["0 Hall", "1 CH-1", "2 CH1-PWR"]);
  expect(shown([], "nothing")).toEqual([]);
});

it("counts the sensors below a place", () => {
  expect(visibleRows(makeTree(catalog), new Set(["r1"]), "")[0]).toMatchObject({ count: 2, open: false });
});
