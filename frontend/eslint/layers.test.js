import path from "node:path";
import { Linter } from "eslint";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { LAYERS, layers } from "./layers.js";

const root = path.join(import.meta.dirname, "..");

function messages(file, code) {
  const linter = new Linter({ cwd: root });
  const config = { plugins: { plantrace: { rules: { layers } } }, rules: { "plantrace/layers": "error" } };
  return linter.verify(code, config, path.join(root, "src", file)).map((each) => each.message);
}

it.each([
  ["home/index.js", 'import { x } from "../trends/state";'],
  ["search/Search.js", 'import { x } from "../trends";'],
  ["trends/chart/lane.js", 'export { x } from "../../home/machines";'],
  ["data/index.js", 'const page = () => import("../schematic");'],
  ["home/index.js", 'import { x } from "../schematic/core/scene";'],
  ["ui/Card.js", 'export * from "../frame";'],
  ["api/client.js", 'import { x } from "../app";'],
  ["attic/index.js", 'import { x } from "../ui/Card";'],
])("%s may not: %s", (file, code) => {
  expect(messages(file, code)).toHaveLength(1);
});

it.each([
  ["home/index.js", 'import { x } from "../series/view";'],
  ["home/PlantCard.js", 'const Thumb = () => import("../schematic/Thumb");'],
  ["data/imports/Opened.js", 'import { x } from "../storage/days";'],
  ["trends/index.js", 'import { useState } from "react";'],
  ["main.js", ""],
])("%s may: %s", (file, code) => {
  expect(messages(file, code)).toEqual([]);
});

it("every folder of src/ has a layer", () => {
  const found = readdirSync(path.join(root, "src"), { withFileTypes: true }).map((each) => each.name);
  expect(found.sort()).toEqual(LAYERS.flat().sort());
});
