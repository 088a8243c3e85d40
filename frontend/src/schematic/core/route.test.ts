import { expect, test } from "vitest";
import { boxOf, portOf } from "./geometry";
import { routePipe, tidy } from "./route";
import type { Pipe, Placement } from "./types";

const place = (id: string, symbol: string, x: number, y: number, more: Partial<Placement> = {}): Placement => ({
  id,
  symbol,
  x,
  y,
  ...more,
});
const plan = (...placements: Placement[]) => new Map(placements.map((placement) => [placement.id, placement]));
const pipe = (source: [string, string], target: [string, string], via: [number, number][] = []): Pipe => ({
  id: "p",
  source: { placement: source[0], port: source[1] },
  target: { placement: target[0], port: target[1] },
  medium: "water",
  via,
});
const isSquare = (line: { x: number; y: number }[]) =>
  line.every((point, i) => i === 0 || point.x === line[i - 1]!.x || point.y === line[i - 1]!.y);

test("ports rotate and mirror with their symbol", () => {
  expect(portOf(place("p", "pump", 100, 100), "out")).toEqual({ x: 140, y: 120, side: "right" });
  expect(portOf(place("p", "pump", 100, 100, { rotate: 90 }), "out")).toEqual({ x: 120, y: 140, side: "bottom" });
  expect(portOf(place("p", "pump", 100, 100, { rotate: 270 }), "out")).toEqual({ x: 120, y: 100, side: "top" });
  expect(portOf(place("p", "pump", 100, 100, { flip: true }), "out")).toEqual({ x: 100, y: 120, side: "left" });
  expect(portOf(place("p", "pump", 100, 100, { rotate: 270 }), "in_bottom")).toEqual({ x: 140, y: 120, side: "right" });
});

test("a long symbol rotated by 90° covers the rotated box, about the same centre", () => {
  expect(boxOf(place("h", "header", 0, 0, { rotate: 90 }))).toEqual({ x: 95, y: -95, width: 10, height: 200 });
});

test("a resized header keeps its ports in proportion", () => {
  expect(portOf(place("h", "header", 0, 0, { width: 400 }), "t1")).toMatchObject({ x: 40, y: 0 });
});

test("two ports that face each other are joined by a straight line", () => {
  const line = routePipe(pipe(["a", "out"], ["b", "in"]), plan(place("a", "pump", 0, 0), place("b", "pump", 100, 0)));
  expect(line).toEqual([
    { x: 40, y: 20 },
    { x: 100, y: 20 },
  ]);
});

test("pipes run at right angles, and enter ports from the side on which they are", () => {
  const a = place("a", "pump", 0, 0);
  for (const b of [place("b", "pump", 200, 150), place("b", "pump", -200, 150), place("b", "tank", -300, -200)]) {
    const port = b.symbol === "tank" ? "in_top" : "in";
    const line = routePipe(pipe(["a", "out"], ["b", port]), plan(a, b))!;
    expect(isSquare(line)).toBe(true);
    expect(line[0]).toEqual({ x: 40, y: 20 });
    expect(line[1]!.x).toBeGreaterThan(40);
    const [before, end] = line.slice(-2) as [{ x: number; y: number }, { x: number; y: number }];
    if (port === "in") expect(before.x).toBeLessThan(end.x);
    else expect(before.y).toBeLessThan(end.y);
  }
});

test("a pipe passes every given corner", () => {
  const line = routePipe(
    pipe(
      ["a", "out"],
      ["b", "in"],
      [
        [80, 20],
        [80, 200],
        [160, 200],
      ],
    ),
    plan(place("a", "pump", 0, 0), place("b", "pump", 200, 300)),
  )!;
  expect(isSquare(line)).toBe(true);
  expect(line).toEqual(
    expect.arrayContaining([
      { x: 80, y: 20 },
      { x: 80, y: 200 },
    ]),
  );
});

test("a pipe with an unknown port is not routed", () => {
  expect(routePipe(pipe(["a", "nowhere"], ["a", "in"]), plan(place("a", "pump", 0, 0)))).toBeUndefined();
});

test("tidy drops duplicate points and corners on a straight line", () => {
  const at = (x: number, y: number) => ({ x, y });
  expect(tidy([at(0, 0), at(0, 0), at(5, 0), at(9, 0), at(9, 4)])).toEqual([at(0, 0), at(9, 0), at(9, 4)]);
});
