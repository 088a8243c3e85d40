import { expect, it } from "vitest";
import { renamed, snapPort, without, withPort } from "./portPlaces";
import type { Ports } from "./portPlaces";

const size = { width: 60, height: 40 };

it("a port near an edge snaps onto it and faces that way", () => {
  expect(snapPort({ x: 3.2, y: 18.4 }, size)).toEqual({ x: 0, y: 18, side: "left" });
  expect(snapPort({ x: 58, y: 21 }, size)).toEqual({ x: 60, y: 21, side: "right" });
  expect(snapPort({ x: 31, y: -4 }, size)).toEqual({ x: 31, y: 0, side: "top" });
  expect(snapPort({ x: 31, y: 90 }, size)).toEqual({ x: 31, y: 40, side: "bottom" });
});

it("one in the middle stays there", () => {
  expect(snapPort({ x: 30, y: 20 }, size)).toEqual({ x: 30, y: 20, side: "top" });
});

it("the first is the inlet, the second the outlet, later ones have numbers", () => {
  const ports = [
    { x: 0, y: 20 },
    { x: 60, y: 20 },
    { x: 30, y: 0 },
    { x: 30, y: 40 },
  ].reduce<Ports>((all, at) => withPort(all, at, size), {});
  expect(Object.keys(ports)).toEqual(["in", "out", "port1", "port2"]);
  expect(Object.values(ports).map((port) => port.way)).toEqual(["in", "out", "any", "any"]);
});

it("a name that is taken or not allowed is not given; the order stays", () => {
  const ports = withPort(withPort({}, { x: 0, y: 20 }, size), { x: 60, y: 20 }, size);
  expect(renamed(ports, "in", "out")).toBe(ports);
  expect(renamed(ports, "in", "In let")).toBe(ports);
  expect(Object.keys(renamed(ports, "in", "feed"))).toEqual(["feed", "out"]);
  expect(Object.keys(without(ports, "in"))).toEqual(["out"]);
});
