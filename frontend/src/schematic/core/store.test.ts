import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { boxOf } from "./geometry";
import { symbolOf } from "./library";
import { areaOf, sceneOf } from "./scene";
import { ValueStore } from "./store";
import type { Drawing, Entry } from "./types";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../demo/drawings/${name}.json`, import.meta.url), "utf8")) as Drawing;
const entry = (v: number): Entry => ({ v, t: 0, q: 0, stale: false, reason: null });
const discrete = { kind: "discrete", states: { "0": "Stopped", "1": "Running", "2": "Tripped" } };
const kindOf = (sensor: string) => (sensor.endsWith("-STS") ? discrete : { kind: "continuous" });

const everything: Record<string, number> = {
  "CHP1-STS": 1,
  "CHP2-STS": 1,
  "CHP3-STS": 0,
  "CWP1-STS": 1,
  "CWP2-STS": 1,
  "CH1-STS": 1,
  "CH2-STS": 1,
  "IV1-STS": 1,
  "IV2-STS": 1,
  "BV1-POS": 0,
  "AHU1-POS": 58,
  "AHU2-POS": 71,
  "AHU3-POS": 12,
  "AHU4-POS": 66,
};

function plant(changes: Record<string, number> = {}) {
  const store = new ValueStore();
  const drawing = read("chilled-water");
  store.show(sceneOf(drawing), kindOf);
  store.set(
    0,
    Object.entries({ ...everything, ...changes }).map(([sensor, v]) => [sensor, entry(v)]),
  );
  const still = (drawing.pipes ?? []).filter((pipe) => store.flow(pipe.id) === "still").map((pipe) => pipe.id);
  return { store, still };
}

test.each(["chilled-water", "skab-loop", "pump-hall"])("%s: every pipe is routed", (name) => {
  const drawing = read(name);
  expect(sceneOf(drawing).pipes.map(({ pipe }) => pipe.id)).toEqual(drawing.pipes!.map((pipe) => pipe.id));
});

test.each(["chilled-water", "skab-loop", "pump-hall"])(
  "%s: no symbol lies on another, and all lie on the drawing",
  (name) => {
    const drawing = read(name);
    const boxes = drawing
      .placements!.filter((p) => symbolOf(p.symbol)!.width > 0)
      .map((p) => ({ id: p.id, ...boxOf(p) }));
    for (const a of boxes) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.width && a.y + a.height <= drawing.height, a.id).toBe(
        true,
      );
      for (const b of boxes) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(a === b || apart, `${a.id} on ${b.id}`).toBe(true);
      }
    }
  },
);

test("in the chilled-water plant only the idle pump and the closed bypass have no flow", () => {
  expect(plant().still.sort()).toEqual(["bv-in", "bv-out", "chp3-in", "chp3-out"]);
});

test("a tripped pump's branch has no flow, and without any pump the whole circuit has none", () => {
  expect(plant({ "CHP1-STS": 2 }).still).toContain("chp1-out");
  const { store, still } = plant({ "CHP1-STS": 2, "CHP2-STS": 0 });
  expect(store.state("chp1")).toBe("fault");
  expect(still).toContain("chws");
  expect(still).not.toContain("cws");
});

test("the bypass has flow when it opens", () => {
  expect(plant({ "BV1-POS": 30 }).still).not.toContain("bv-in");
});

test("only affected subscribers are notified of a change", () => {
  const { store } = plant();
  const notified: string[] = [];
  for (const key of ["CHP1-STS", "AHU1-POS", "chp1", "ahu1v", "chp1-in", "ahu1-in"]) {
    store.subscribe(key, () => notified.push(key));
  }
  store.set(1, [
    ["CHP1-STS", entry(0)],
    ["AHU1-POS", entry(58)],
  ]);
  expect(notified).toEqual(["chp1", "chp1-in", "CHP1-STS"]);
});

test("an asset's area contains its symbol, label and values", () => {
  const scene = sceneOf(read("chilled-water"));
  const area = areaOf(scene, "CH-2")!;
  expect(area.x).toBeLessThan(330);
  expect(area.y).toBeLessThan(360);
  expect(area.x + area.width).toBeGreaterThan(560);
  expect(areaOf(scene, "nobody")).toBeUndefined();
});

function many(seen: (index: number) => boolean) {
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  const sensors = Array.from({ length: 150 }, (_, index) => `s${index}`);
  const store = new ValueStore();
  const shown = new Map<string, unknown>();
  sensors.forEach((sensor, index) =>
    store.subscribe(
      sensor,
      () => shown.set(sensor, store.entry(sensor)?.v),
      () => seen(index),
    ),
  );
  const set = (v: number) =>
    store.set(
      v,
      sensors.map((sensor): [string, Entry] => [sensor, entry(v)]),
    );
  const showing = (v: number) => sensors.filter((sensor) => shown.get(sensor) === v);
  const paintAll = () => {
    while (frames.length > 0) frames.shift()!();
  };
  return { store, sensors, shown, frames, set, showing, paintAll };
}

test("everything on screen is told at once, and what is not within the next frames, with the newest value", () => {
  const { sensors, frames, set, showing, paintAll } = many((index) => index < 100);
  set(1);
  expect(showing(1)).toEqual(sensors.slice(0, 100));
  frames.shift()!();
  expect(showing(1).length).toBeGreaterThan(100);
  set(2);
  expect(showing(2)).toEqual(sensors.slice(0, 100));
  expect(frames).toHaveLength(1);
  paintAll();
  expect(showing(2)).toEqual(sensors);
  vi.unstubAllGlobals();
});

test("what comes on screen is told before it is painted", () => {
  let first = 100;
  const { store, sensors, set, showing } = many((index) => index >= first);
  set(1);
  expect(showing(1)).toEqual(sensors.slice(100));
  first = 20;
  store.seen();
  expect(showing(1)).toEqual(sensors.slice(20));
  vi.unstubAllGlobals();
});

test("nobody waits for values that are cleared, nor once unsubscribed", () => {
  const { store, sensors, shown, set, paintAll } = many(() => false);
  const end = store.subscribe(
    "s0",
    () => shown.set("late", true),
    () => false,
  );
  set(3);
  end();
  store.clear();
  paintAll();
  expect([...shown]).toEqual(sensors.map((sensor) => [sensor, undefined]));
  vi.unstubAllGlobals();
});
