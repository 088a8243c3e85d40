import { expect, it } from "vitest";
import { inserted } from "./insert";

it.each([
  ["", 0, "{T}"],
  ["2 *", 3, "2 * {T}"],
  ["max(, 1)", 4, "max({T}, 1)"],
  ["+ 1", 0, "{T} + 1"],
  ["+1", 0, "{T} +1"],
])("puts a sensor into “%s” at %i", (text, at, expected) => {
  expect(inserted(text, at, "{T}")).toBe(expected);
});
