import { expect, it } from "vitest";
import { applyProposals, proposeByPattern, proposeReplacement, suggestSensor } from "./binding";
import type { Catalog } from "./binding";
import { apply } from "./change";
import { placementIn } from "./fixtures";
import { countedIds } from "./ids";
import { applyTemplate, inSequence, sizeOfTemplate, templateOf } from "./templates";
import { exportJson, importJson } from "./transfer";
import type { Drawing } from "../types";

const sensors = ["CHP3-STS", "CHP3-SPD", "CHP4-STS", "CHP4-SPD", "CHP5-STS", "CHP4-TXT"].map((tag) => ({
  id: `s ${tag}`,
  tag,
  kind: tag.endsWith("STS") ? "discrete" : tag.endsWith("TXT") ? "text" : "continuous",
  asset: tag.startsWith("CHP4") ? "a4" : tag.startsWith("CHP3") ? "a3" : "a5",
}));
const assets = [3, 4, 5].map((number) => ({ id: `a${number}`, tag: `CHP-${number}` }));
const catalog: Catalog = {
  sensorById: new Map(sensors.map((sensor) => [sensor.id, sensor])),
  sensorByTag: new Map(sensors.map((sensor) => [sensor.tag, sensor])),
  sensorsOf: new Map(assets.map(({ id }) => [id, sensors.filter(({ asset }) => asset === id)])),
  assetById: new Map(assets.map((asset) => [asset.id, asset])),
};
const pumps = (): Drawing => ({
  width: 400,
  height: 300,
  placements: [
    {
      id: "p3",
      symbol: "pump",
      x: 0,
      y: 0,
      asset: "a3",
      label: "CHP-3",
      slots: { run: { sensor: "s CHP3-STS" }, speed: { sensor: "s CHP3-SPD" } },
    },
    { id: "p4", symbol: "pump", x: 0, y: 100, asset: "a4", label: "CHP-4" },
    { id: "p5", symbol: "pump", x: 0, y: 200, label: "CHP-5" },
  ],
  tags: [{ id: "g3", sensor: "s CHP3-SPD", x: 60, y: 0, of: "p3" }],
});

it("a pattern names a sensor for each symbol, and says where there is none", () => {
  const proposals = proposeByPattern(pumps(), undefined, { run: "{plain}-STS", speed: "{plain}-SPD" }, catalog);
  expect(proposals.map(({ name, wanted, refused }) => [name, wanted, refused])).toEqual([
    ["CHP-3 running", "CHP3-STS", undefined],
    ["CHP-3 speed", "CHP3-SPD", undefined],
    ["CHP-4 running", "CHP4-STS", undefined],
    ["CHP-4 speed", "CHP4-SPD", undefined],
    ["CHP-5 running", "CHP5-STS", undefined],
    ["CHP-5 speed", "CHP5-SPD", "unknown"],
  ]);
  const bound = apply(pumps(), applyProposals(pumps(), proposals));
  expect(placementIn(bound, "p4").slots).toEqual({ run: { sensor: "s CHP4-STS" }, speed: { sensor: "s CHP4-SPD" } });
  expect(placementIn(bound, "p5").slots).toEqual({ run: { sensor: "s CHP5-STS" } });
});

it("a pattern binds only the selection, and no sensor of a kind that the slot does not take", () => {
  const [only, ...more] = proposeByPattern(pumps(), new Set(["p4"]), { speed: "{plain}-TXT" }, catalog);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ wanted: "CHP4-TXT", refused: "kind" });
  expect(applyProposals(pumps(), [only!])).toEqual([]);
});

it("replacing a text in tags binds the sensors of the new tags, in slots and values", () => {
  const proposals = proposeReplacement(pumps(), undefined, "CHP3", "CHP4", catalog);
  expect(proposals).toHaveLength(3);
  const replaced = apply(pumps(), applyProposals(pumps(), proposals));
  expect(placementIn(replaced, "p3").slots!.run!.sensor).toBe("s CHP4-STS");
  expect(replaced.tags![0]!.sensor).toBe("s CHP4-SPD");
  expect(proposeReplacement(pumps(), undefined, "", "x", catalog)).toEqual([]);
});

it("suggests the sensor that is named as a like symbol's is", () => {
  expect(suggestSensor(pumps(), placementIn(pumps(), "p4"), "speed", catalog)?.tag).toBe("CHP4-SPD");
  expect(suggestSensor(pumps(), placementIn(pumps(), "p5"), "speed", catalog)).toBeUndefined();
  const alone = { ...pumps(), placements: [placementIn(pumps(), "p4")] };
  expect(suggestSensor(alone, placementIn(alone, "p4"), "run", catalog)?.tag).toBe("CHP4-STS");
});

it("a template is placed for several assets in one step, each bound to its own sensors", () => {
  const template = templateOf(pumps(), new Set(["p3"]), "Pump", catalog);
  expect([template.asset, sizeOfTemplate(template)]).toEqual(["CHP-3", 1]);
  const fresh = countedIds();
  let open = 0;
  const targets = [{ id: "a4", tag: "CHP-4" }, { tag: "CHP-9" }];
  const change = inSequence(
    pumps(),
    targets.map((target, index) => (drawing) => {
      const applied = applyTemplate(drawing, template, { x: 200, y: index * 100 }, target, catalog, fresh);
      open += applied.open;
      return applied.change;
    }),
  );
  const [fourth, ninth] = apply(pumps(), change).placements!.slice(-2);
  expect(fourth).toMatchObject({ x: 200, label: "CHP-4", asset: "a4", slots: { speed: { sensor: "s CHP4-SPD" } } });
  expect(ninth).toMatchObject({ y: 100, label: "CHP-9", new_asset: { tag: "CHP-9" } });
  expect(ninth).not.toHaveProperty("slots");
  expect(open).toBe(3);
  expect(fourth!.group).not.toBe(ninth!.group);
});

it("an exported drawing is imported at another site by its tags", () => {
  const text = exportJson("Pumps", pumps(), catalog);
  expect(text).not.toContain("s CHP3");
  const elsewhere = {
    assetByTag: (tag: string) => (tag === "CHP-3" ? "b3" : undefined),
    sensorByTag: (tag: string) => (tag === "CHP3-STS" ? "t3" : undefined),
  };
  const read = importJson(text, elsewhere);
  if (typeof read === "string") throw new Error(read);
  expect(read.name).toBe("Pumps");
  expect(read.unknown).toEqual(["CHP-4", "CHP3-SPD"]);
  expect(placementIn(read.drawing, "p3")).toMatchObject({ asset: "b3", slots: { run: { sensor: "t3" } } });
  expect(read.drawing.tags).toEqual([]);
});

it("other files are refused", () => {
  const nowhere = { assetByTag: () => undefined, sensorByTag: () => undefined };
  expect(importJson("{", nowhere)).toBe("not-json");
  expect(importJson("[]", nowhere)).toBe("not-ours");
  expect(importJson('{"format": "plantrace-schematic", "version": 1}', nowhere)).toBe("not-ours");
  const drawing = { width: 1, height: 1 };
  expect(importJson(JSON.stringify({ format: "plantrace-schematic", version: 9, drawing }), nowhere)).toBe("newer");
});
