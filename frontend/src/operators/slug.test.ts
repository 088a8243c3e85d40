import { expect, it } from "vitest";
import { slugOf } from "./slug";

it.each([
  ["Harbour Tower", "harbour-tower"],
  ["Quarry South & Sons", "quarry-south-sons"],
  ["Brüder Ölmühle", "bruder-olmuhle"],
  ["3rd Mill", "rd-mill"],
  ["–", ""],
  [`${"a".repeat(39)} b`, "a".repeat(39)],
])("%s becomes %s", (name, slug) => expect(slugOf(name)).toBe(slug));
