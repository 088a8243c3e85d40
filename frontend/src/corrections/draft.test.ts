import { expect, test } from "vitest";
import { draftOf, requestOf } from "./draft";

const span = { start: 1_772_355_600_000, end: 1_772_359_200_000 };
const draft = draftOf(["s1", "s2"], span, "Europe/Berlin");

test("the request has the range of the trend", () => {
  expect(requestOf(draft, "Europe/Berlin", 0).request).toEqual({
    action: "delete",
    sensors: ["s1", "s2"],
    ...span,
    by_ms: null,
    unit: null,
    dry_run: true,
  });
});

test("a swap before a moment has no start, and one after it no end", () => {
  const swap = { ...draft, action: "swap" as const };
  expect(requestOf(swap, "Europe/Berlin", 0).request).toMatchObject({ start: null, end: span.end });
  expect(requestOf({ ...swap, side: "after" }, "Europe/Berlin", 0).request).toMatchObject({
    start: span.start,
    end: null,
  });
});

test.each([
  [{ sensors: [] }, /Select at least one sensor/],
  [{ action: "swap" as const, sensors: ["s1"] }, /two sensors/],
  [{ start: "yesterday" }, /Enter a time/],
  [{ start: draft.end, end: draft.start }, /must be after/],
  [{ action: "shift" as const }, /Enter an offset/],
])("%j is not complete", (change, expected) => {
  expect(requestOf({ ...draft, ...change }, "Europe/Berlin", 0).lacks).toMatch(expected);
});
