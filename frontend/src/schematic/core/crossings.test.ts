import { expect, test } from "vitest";
import { piecesOf } from "./crossings";

const level = [
  { x: 0, y: 50 },
  { x: 200, y: 50 },
];
const upright = (x: number, from = 0, to = 100) => [
  { x, y: from },
  { x, y: to },
];

test("a horizontal pipe has a gap where a vertical one crosses it", () => {
  const [pieces, whole] = piecesOf([level, upright(100)]);
  expect(pieces).toEqual([
    [
      { x: 0, y: 50 },
      { x: 92, y: 50 },
    ],
    [
      { x: 108, y: 50 },
      { x: 200, y: 50 },
    ],
  ]);
  expect(whole).toEqual([upright(100)]);
});

test("a pipe that ends on another makes no gap in it", () => {
  expect(piecesOf([level, upright(100, 50)])[0]).toEqual([level]);
  expect(piecesOf([level, upright(200)])[0]).toEqual([level]);
});

test("gaps close to each other become one, whichever way the pipe is drawn", () => {
  const pieces = piecesOf([[...level].reverse(), upright(100), upright(110)])[0]!;
  expect(pieces.map((piece) => piece.map((point) => point.x))).toEqual([
    [200, 118],
    [92, 0],
  ]);
});
