import { expect, it } from "vitest";
import { groupsOf } from "./groups";

it("keeps every part, in order, in groups of which only the last may be smaller", () => {
  const parts = Array.from({ length: 47 }, (_, index) => index);
  const groups = groupsOf(parts);
  expect(groups.flat()).toEqual(parts);
  expect(groups.map((group) => group.length)).toEqual([20, 20, 7]);
  expect(groupsOf([])).toEqual([]);
});
