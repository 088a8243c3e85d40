import { expect, test } from "vitest";
import { loopFrom, looped, loopUntil, readLoop, writeLoop } from "./loop";

const loop = { start: 1_700_000_000_000, end: 1_700_000_060_000 };

test("a loop in an address is two instants, of which the second is later", () => {
  expect(readLoop(writeLoop(loop))).toEqual(loop);
  for (const text of [null, "", "1700000000000", "1700000060000,1700000000000", "a,b", `${writeLoop(loop)},1`]) {
    expect(readLoop(text)).toBeNull();
  }
});

test("forwards it goes on at the start, backwards at the end, by as much as it went too far", () => {
  expect(looped(loop.end + 5, loop, true)).toBe(loop.start + 5);
  expect(looped(loop.start - 5, loop, false)).toBe(loop.end - 5);
  expect(looped(loop.end + 600_005, loop, true)).toBe(loop.start + 5);
  expect(looped(loop.start + 7, loop, true)).toBe(loop.start + 7);
  expect(looped(5, null, true)).toBe(5);
});

test("playing begins inside the loop, wherever the playhead was", () => {
  expect(looped(loop.start - 5_000, loop, true)).toBe(loop.start);
  expect(looped(loop.end + 5_000, loop, false)).toBe(loop.end);
});

test("an end is moved, and the other one only if it would be on the wrong side", () => {
  expect(loopFrom(loop, loop.start + 1000, 80_000)).toEqual({ start: loop.start + 1000, end: loop.end });
  expect(loopFrom(loop, loop.end, 80_000)).toEqual({ start: loop.end, end: loop.end + 10_000 });
  expect(loopUntil(null, loop.end, 80_000)).toEqual({ start: loop.end - 10_000, end: loop.end });
});
