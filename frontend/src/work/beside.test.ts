import { expect, it } from "vitest";
import { beside } from "./beside";

it("goes to the neighbours, and not beyond the ends", () => {
  const rows = [{ id: "a" }, { id: "b" }];
  expect([beside(rows, null, 1), beside(rows, null, -1)]).toEqual(["a", "b"]);
  expect([beside(rows, "a", 1), beside(rows, "b", 1), beside(rows, "a", -1)]).toEqual(["b", null, null]);
  expect(beside([], null, -1)).toBeNull();
});
