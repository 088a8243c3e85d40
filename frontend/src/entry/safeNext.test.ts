import { expect, it } from "vitest";
import { safeNext } from "./safeNext";

it("leads only to pages of this application", () => {
  expect(safeNext("/t/demo/trends?sensors=a")).toBe("/t/demo/trends?sensors=a");
  for (const next of [
    null,
    "",
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "javascript:0",
  ]) {
    expect(safeNext(next)).toBe("/");
  }
});
