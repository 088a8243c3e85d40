import { expect, it } from "vitest";
import type { Drawing } from "../types";
import { blocks, check } from "./checks";
import type { CheckKind } from "./checks";
import type { Catalog } from "./binding";
import { loop } from "./fixtures";

const sensors = [
  { id: "s-run", tag: "P1-RUN", kind: "discrete" },
  { id: "s-flow", tag: "FT-1", kind: "continuous" },
  { id: "s-text", tag: "BATCH", kind: "text" },
];
const catalog: Catalog = {
  sensorById: new Map(sensors.map((sensor) => [sensor.id, sensor])),
  sensorByTag: new Map(sensors.map((sensor) => [sensor.tag, sensor])),
  sensorsOf: new Map(),
  assetById: new Map([["a1", { id: "a1", tag: "P-1" }]]),
};
const of = (drawing: Drawing, kind: CheckKind) => check(drawing, catalog).filter((finding) => finding.kind === kind);
const changed = (part: Partial<Drawing>): Drawing => ({ ...loop(), ...part });

it("reports bindings to sensors and assets that are gone, and kinds that a slot does not take", () => {
  expect(of(loop(), "missing-sensor")).toEqual([]);
  const gone = changed({ tags: [{ id: "g2", sensor: "s-old", x: 500, y: 10, label: "Old" }] });
  expect(of(gone, "missing-sensor")).toEqual([
    { kind: "missing-sensor", parts: ["g2"], at: { x: 500, y: 10 }, what: "Old" },
  ]);
  const [pump, ...rest] = loop().placements!;
  const dead = changed({ placements: [{ ...pump!, asset: "a9" }, ...rest] });
  expect(of(dead, "missing-asset").map(({ parts }) => parts)).toEqual([["p1"]]);
  const kind = changed({ placements: [{ ...pump!, slots: { run: { sensor: "s-text" } } }, ...rest] });
  expect(of(kind, "sensor-kind").map(({ what }) => what)).toEqual(["P-1 running"]);
});

it("reports a medium that a port does not take, and a pipe that runs into an outlet", () => {
  const [pipe, ...rest] = loop().pipes!;
  expect(of(changed({ pipes: [{ ...pipe!, medium: "electricity" }, ...rest] }), "medium")).toHaveLength(2);
  const wrong = { ...pipe!, source: pipe!.target, target: pipe!.source };
  expect(of(changed({ pipes: [wrong, ...rest] }), "direction")).toHaveLength(2);
  expect(of(loop(), "direction")).toEqual([]);
});

it("reports a pipe that ends at nothing", () => {
  const [pipe, ...rest] = loop().pipes!;
  const lost = changed({ pipes: [{ ...pipe!, target: { placement: "gone", port: "in" } }, ...rest] });
  const [finding] = of(lost, "missing-end");
  expect(finding).toMatchObject({ parts: ["w1"], at: { x: 120, y: 120 } });
  expect(blocks(finding!)).toBe(true);
});

it("reports equipment that something flows out of and nothing into, and a junction with one pipe", () => {
  expect(of(loop(), "open-end").map(({ parts }) => parts[0])).toEqual(["p1", "j1"]);
  const closed = changed({
    pipes: [
      ...loop().pipes!,
      { id: "w4", source: { placement: "j1", port: "p" }, target: { placement: "p1", port: "in" }, medium: "water" },
    ],
  });
  expect(of(closed, "open-end")).toEqual([]);
  expect(of(loop(), "open-end").some(blocks)).toBe(false);
});

it("reports words that overlap others or a symbol", () => {
  const texts = [
    { id: "x1", x: 500, y: 20, text: "Feed water" },
    { id: "x2", x: 520, y: 24, text: "Return" },
    { id: "x3", x: 320, y: 100, text: "On the tank" },
  ];
  expect(of(changed({ texts }), "overlap").map(({ parts }) => parts)).toEqual([
    ["t1", "x3"],
    ["x1", "x2"],
  ]);
});
