import { expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import { roomFor, widthOf } from "./valueWidth";

it("a longer number has more room, one of three figures or less the same", () => {
  const widths = ["–", "7.1", "12.4", "1,234", "−12,345.6"].map(widthOf);
  expect(widths[0]).toBe(widths[1]);
  expect([...widths].sort((a, b) => a - b)).toEqual(widths);
  expect(widths[4]).toBeGreaterThan(widths[3]!);
});

it("the room for a sensor's values is that of its range from the beginning", () => {
  const sensor = { kind: "continuous", unit: "bar", range: [-2500, 10] } as unknown as Sensor;
  expect(roomFor(sensor)).toBe(widthOf("−2,500"));
  expect(roomFor(undefined)).toBe(widthOf("0"));
});
