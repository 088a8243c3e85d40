import { expect, it } from "vitest";
import { Room } from "./room";

const SIZE = { width: 1000, height: 500 };

it("shows what is on screen at any zoom, with some margin for what reaches beyond its place", () => {
  const room = new Room();
  room.show({ x: -400, y: -1000, zoom: 0.5 }, SIZE); // 800..2800, 2000..3000 of the drawing
  const shown = (x: number, y: number) => room.shows({ x, y });
  expect([shown(800, 2000), shown(2800, 3000), shown(700, 1950)]).toEqual([true, true, true]);
  expect([shown(400, 2500), shown(3200, 2500), shown(1000, 1800), shown(1000, 3200)]).toEqual(Array(4).fill(false));
});

it("counts everything as shown until the size is known", () => {
  const room = new Room();
  room.show({ x: 0, y: 0, zoom: 1 }, { width: 0, height: 0 });
  expect(room.shows({ x: 1e6, y: -1e6 })).toBe(true);
});
