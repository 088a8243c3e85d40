import { describe, expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import { namedSensors, withSensors } from "./tags";

const sensors = ["TT-101", "FT-101", "Pump 1 speed"].map((tag, index) => ({ id: `n${index}`, tag }) as Sensor);
const catalog = { sensors, sensorById: new Map(sensors.map((each) => [each.id, each])) };
const named = (text: string) => {
  const { found, unknown } = namedSensors(text, catalog);
  return [found.map((each) => each.tag), unknown];
};

describe("a pasted list of tags", () => {
  it.each([
    ["TT-101\nFT-101", ["TT-101", "FT-101"], []],
    ["ft-101, tt-101; FT-101", ["FT-101", "TT-101"], []],
    ["TT-101 FT-101 XX-9", ["TT-101", "FT-101"], ["XX-9"]],
    ['"Pump 1 speed"\tn1\r\n', ["Pump 1 speed", "FT-101"], []],
    ["Pump 2 speed", [], ["Pump", "2", "speed"]],
    [" \n,;\t", [], []],
  ])("%j", (text, found, unknown) => {
    expect(named(text)).toEqual([found, unknown]);
  });
  it("is read in bounded time", () => {
    expect(namedSensors("x1 ".repeat(1_000_000), catalog).unknown).toEqual(["x1"]);
    expect(namedSensors(Array.from({ length: 9000 }, (_, each) => each).join(), catalog).unknown).toHaveLength(500);
  });
});

describe("slots", () => {
  it("take further sensors where there is room, and each once", () => {
    expect(withSensors(["n1", null, "TT-101"], sensors, 4)).toEqual({ slots: ["n1", "n2", "TT-101"], left: 0 });
    expect(withSensors(["a", "b"], sensors, 3)).toEqual({ slots: ["a", "b", "n0"], left: 2 });
    expect(withSensors([], sensors, 8).slots).toEqual(["n0", "n1", "n2"]);
  });
});
