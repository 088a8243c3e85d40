import { expect, test } from "vitest";
import { together } from "./periods";

test("two periods are shown from a common start, as long as the shorter one", () => {
  expect(together({ start: 1000, end: 5000 }, { start: 200, end: 900 })).toEqual({
    at: 1000,
    loop: { start: 1000, end: 1700 },
    shift: 800,
  });
  expect(together({ start: 200, end: 900 }, { start: 1000, end: 5000 }).shift).toBe(-800);
});
