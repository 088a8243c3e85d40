import { expect, it } from "vitest";
import { routePipe } from "../core/route";
import type { Drawing } from "../core/types";
import { looksLikeXml, withRoutes } from "./dexpi";

const drawing: Drawing = {
  width: 800,
  height: 600,
  placements: [
    { id: "p", symbol: "pump", x: 100, y: 100 },
    { id: "t", symbol: "tank", x: 400, y: 300 },
  ],
  pipes: [
    {
      id: "w",
      source: { placement: "p", port: "out" },
      target: { placement: "t", port: "in_top" },
      medium: "water",
    },
  ],
};

it("pipes are sent with the corners that they have on the screen, and keep their route by them", () => {
  const sent = withRoutes(drawing);
  const placements = new Map(drawing.placements!.map((each) => [each.id, each]));
  const before = routePipe(drawing.pipes![0]!, placements)!;
  expect(sent.pipes![0]!.via).toEqual(before.slice(1, -1).map(({ x, y }) => [x, y]));
  expect(sent.pipes![0]!.via!.length).toBeGreaterThan(0);
  expect(routePipe(sent.pipes![0]!, placements)).toEqual(before);
  expect(drawing.pipes![0]!.via).toBeUndefined();
});

it("a file is XML if that is how it begins", () => {
  expect(looksLikeXml('\ufeff<?xml version="1.0"?>')).toBe(true);
  expect(looksLikeXml("\n <PlantModel/>")).toBe(true);
  expect(looksLikeXml('{"format": "plantrace-schematic"}')).toBe(false);
});
