import { expect, test } from "vitest";
import { busiestPart } from "./focus";
import type { ValueTag } from "./types";

const tag = (x: number, y: number): ValueTag => ({ id: `${x} ${y}`, sensor: "s", x, y });
const drawing = { width: 1000, height: 600 };

test("a small screen starts where most values are", () => {
  const tags = [tag(10, 10), tag(700, 400), tag(760, 420), tag(800, 500)];
  const { x, y } = busiestPart(tags, drawing, { width: 400, height: 300 });
  for (const each of tags.slice(1)) {
    expect(each.x >= x && each.x + 68 <= x + 400 && each.y >= y && each.y <= y + 300).toBe(true);
  }
});

test("and never outside the drawing", () => {
  expect(busiestPart([tag(990, 590)], drawing, { width: 400, height: 300 })).toEqual({ x: 0, y: 0 });
  expect(busiestPart([tag(900, 590)], drawing, { width: 400, height: 300 })).toEqual({ x: 600, y: 300 });
  expect(busiestPart([], drawing, { width: 2000, height: 900 })).toEqual({ x: 0, y: 0 });
});
