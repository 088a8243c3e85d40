// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Asset, Sensor } from "../api/types";
import type { SiteCatalog } from "../catalog";
import type { SchematicVersion } from "./core/types";
import { useSelection } from "./useSelection";

const assets = [
  { id: "a1", tag: "CH-1" },
  { id: "a2", tag: "V-1" },
] as Asset[];
const sensors = [
  { id: "s1", tag: "CH1-STS", kind: "discrete", asset: "a1" },
  { id: "s2", tag: "CH1-PWR", kind: "continuous", asset: "a1" },
  { id: "s3", tag: "OA-T", kind: "continuous", asset: null },
] as Sensor[];
const catalog = {
  assets,
  sensors,
  assetById: new Map(assets.map((each) => [each.id, each])),
  sensorById: new Map(sensors.map((each) => [each.id, each])),
  sensorByTag: new Map(sensors.map((each) => [each.tag, each])),
  sensorsOf: new Map([["a1", sensors.slice(0, 2)]]),
} as unknown as SiteCatalog;
const drawn = { drawing: { tags: [{ id: "t", sensor: "s3", x: 0, y: 0 }] } } as unknown as SchematicVersion;

afterEach(cleanup);

function selection(search: string, drawing: SchematicVersion | undefined = drawn) {
  history.replaceState(null, "", `/t/plant/plant${search}`);
  const hook = renderHook(() => useSelection(catalog, drawing));
  const shown = () => [hook.result.current.asset?.tag, hook.result.current.sensor?.tag];
  return { select: (...args: [string | null, string?]) => act(() => hook.result.current.select(...args)), shown };
}

it("is what the address names by tags, and nothing if the tags are unknown", () => {
  expect(selection("?asset=CH-1&sensor=CH1-STS").shown()).toEqual(["CH-1", "CH1-STS"]);
  expect(selection("?asset=GONE&sensor=GONE").shown()).toEqual([undefined, "OA-T"]);
});

it("falls back to a measured sensor of the asset, then to the drawing's first", () => {
  expect(selection("?asset=CH-1").shown()).toEqual(["CH-1", "CH1-PWR"]);
  expect(selection("?asset=V-1").shown()).toEqual(["V-1", "OA-T"]);
  expect(selection("").shown()).toEqual([undefined, "OA-T"]);
  expect(selection("", undefined).shown()[1]).toBe("OA-T");
});

it("writes tags into the address, keeps the rest of it, and adds no history entry", () => {
  const { select, shown } = selection("?site=hall&at=5");
  const steps = history.length;
  select("a1");
  expect(location.search).toBe("?site=hall&at=5&asset=CH-1&sensor=CH1-PWR");
  select("a1", "s1");
  expect(shown()).toEqual(["CH-1", "CH1-STS"]);
  select(null);
  expect(location.search).toBe("?site=hall&at=5");
  expect(history.length).toBe(steps);
});

it("selects a sensor that belongs to no asset", () => {
  const { select, shown } = selection("");
  select(null, "s3");
  expect(location.search).toBe("?sensor=OA-T");
  expect(shown()).toEqual([undefined, "OA-T"]);
});
