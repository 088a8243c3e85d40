import { expect, it } from "vitest";
import json from "../../../../platform/twin/symbols.json";
import { SHAPES } from "./shapes";

it("every symbol has a shape, and every shape a symbol; a junction is drawn with the pipes", () => {
  const symbols = Object.keys(json.symbols).filter((name) => name !== "junction");
  expect(Object.keys(SHAPES).sort()).toEqual(symbols.sort());
});
