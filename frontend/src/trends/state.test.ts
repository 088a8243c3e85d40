// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Sensor } from "../api/types";
import type { SiteCatalog } from "../catalog";
import { useTrendState } from "./state";

const sensors = ["a", "b", "c"].map((id) => ({ id, tag: id.toUpperCase() }) as Sensor);
const catalog = {
  sensorById: new Map(sensors.map((each) => [each.id, each])),
  sensorByTag: new Map(sensors.map((each) => [each.tag, each])),
} as SiteCatalog;

beforeEach(() => history.replaceState(null, "", "/t/plant/trends"));
afterEach(cleanup);

function at(search: string) {
  history.replaceState(null, "", `/t/plant/trends${search}`);
  const hook = renderHook(() => useTrendState(catalog));
  const chosen = () => hook.result.current.chosen.map(({ sensor, slot }) => `${sensor.id}${slot}`);
  return { now: () => hook.result.current, chosen };
}

it("reads sensors by id or tag, keeps the colours of empty slots, and names what is not in the catalog", () => {
  const { now, chosen } = at("?sensors=a,,C,gone&mode=band&range=1d");
  expect(chosen()).toEqual(["a1", "c3"]);
  expect(now()).toMatchObject({ unknown: ["gone"], mode: "band", range: { kind: "last", length: 86_400_000 } });
});

it("adds a sensor to the first free slot and removes it again, in the address", () => {
  const { now, chosen } = at("?sensors=a,,c&at=5");
  act(() => now().toggle(sensors[1]!));
  expect(chosen()).toEqual(["a1", "b2", "c3"]);
  expect(location.search).toBe("?sensors=a,b,c&at=5");
  act(() => now().toggle(sensors[0]!));
  expect(location.search).toBe("?sensors=,b,c&at=5");
  act(() => now().only([sensors[2]!]));
  expect(chosen()).toEqual(["c1"]);
});

it("removes a sensor that the address names by its tag", () => {
  const { now } = at("?sensors=A,b");
  act(() => now().toggle(sensors[0]!));
  expect(location.search).toBe("?sensors=,b");
});

it("shows a sensor once that the address names by tag and by id, and knows all by id", () => {
  const { now, chosen } = at("?sensors=A,a,B&limits=3:1..2");
  expect(chosen()).toEqual(["a1", "b3"]);
  expect(now().slots).toEqual(["a", null, "b"]);
  act(() => now().setSlots(["c", null, "b"]));
  expect(location.search).toBe("?sensors=c,,b&limits=3:1..2");
});

it("gives a sensor no limits that were left in its slot", () => {
  const { now } = at("?sensors=,b&limits=1:0..5,2:1..");
  act(() => now().toggle(sensors[0]!));
  expect(location.search).toBe("?sensors=a,b&limits=2:1..");
});

it("omits defaults from the address, and reads an unknown mode as the default", () => {
  const { now } = at("?mode=pie&range=1d");
  expect(now().mode).toBe("auto");
  act(() => now().setMode("line"));
  act(() => now().setRange({ kind: "last", length: 8 * 3_600_000 }));
  expect(location.search).toBe("?mode=line");
  act(() => now().setMode("auto"));
  expect(location.search).toBe("");
});

it("takes the limits of a sensor with it when it is removed", () => {
  const { now } = at("?sensors=a,b&limits=1:0..5,2:1..");
  act(() => now().toggle(sensors[0]!));
  expect(location.search).toBe("?sensors=,b&limits=2:1..");
  expect(now().options.limits).toEqual(new Map([[2, { low: 1, high: null }]]));
});

it("changes options one by one", () => {
  const { now } = at("?sensors=a&plot=xy");
  act(() => now().setOptions({ log: true }));
  act(() => now().setOptions({ plot: "time", compare: { count: 1, unit: "d" } }));
  expect(location.search).toBe("?sensors=a&scale=log&compare=1d");
});
