import type { Drawing, Placement } from "../types";

/** A pump that feeds a tank through a valve, with a value, a text and a header. */
export const loop = (): Drawing => ({
  width: 800,
  height: 400,
  placements: [
    { id: "p1", symbol: "pump", x: 100, y: 100, label: "P-1", asset: "a1", slots: { run: { sensor: "s-run" } } },
    { id: "v1", symbol: "valve_control", x: 200, y: 105, label: "V-1" },
    { id: "t1", symbol: "tank", x: 300, y: 65, width: 140, height: 110, label: "T-1" },
    { id: "j1", symbol: "junction", x: 600, y: 300 },
  ],
  pipes: [
    { id: "w1", source: { placement: "p1", port: "out" }, target: { placement: "v1", port: "in" }, medium: "water" },
    {
      id: "w2",
      source: { placement: "v1", port: "out" },
      target: { placement: "t1", port: "in_left" },
      medium: "water",
    },
    {
      id: "w3",
      source: { placement: "t1", port: "out_right" },
      target: { placement: "j1", port: "p" },
      medium: "water",
      via: [[600, 120]],
    },
  ],
  tags: [{ id: "g1", sensor: "s-flow", x: 110, y: 60, of: "p1" }],
  texts: [{ id: "x1", x: 40, y: 20, text: "Feed water", size: "heading" }],
});

export const placementIn = (drawing: Drawing, id: string): Placement =>
  drawing.placements!.find((placement) => placement.id === id)!;
