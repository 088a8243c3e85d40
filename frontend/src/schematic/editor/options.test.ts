import { expect, it } from "vitest";
import { bestFirst } from "./options";

const options = ["AHU-1 · Pump room", "PUMP-10", "PUMP-1 · Feed", "Create PUMP-1"].map((label) => ({
  value: label,
  label,
  disabled: false,
}));
const labels = (search: string, all = options) =>
  bestFirst(({ value }) => value.startsWith("Create"))({ options: all, search, limit: 5 }).map(
    (each) => "label" in each && each.label,
  );

it("puts what begins with the typed text first, and what would create something last", () => {
  expect(labels("pump")).toEqual(["PUMP-10", "PUMP-1 · Feed", "AHU-1 · Pump room", "Create PUMP-1"]);
  expect(labels(" PUMP-1 ·")).toEqual(["PUMP-1 · Feed"]);
  expect(labels("nothing")).toEqual([]);
});

it("offers to create something also where many others fit", () => {
  const many = Array.from({ length: 100 }, (_, each) => ({ value: `P${each}`, label: `P${each}`, disabled: false }));
  const found = labels("p", [...many, options[3]!]);
  expect(found).toHaveLength(41);
  expect(found.at(-1)).toBe("Create PUMP-1");
});
