import { expect, it } from "vitest";
import { isComplete, NEW, progressOf, queryWords } from "./draft";

it("says which devices", () => {
  expect(queryWords({ asset_types: ["pump", "fan"], firmware: ["3.*"], not_firmware: ["3.9"] })).toBe(
    "at pump or fan, firmware 3.*, not firmware 3.9",
  );
  expect(queryWords({ names: ["gw-*"] })).toBe("named gw-*");
  expect(queryWords({})).toBe("");
});

it("is complete once it says which devices", () => {
  expect(isComplete({ ...NEW, name: "Upgrade" })).toBe(false);
  expect(isComplete({ ...NEW, name: "Upgrade", query: { not_firmware: ["4.2"] } })).toBe(true);
  expect(isComplete({ ...NEW, query: { names: ["gw-*"] } })).toBe(false);
});

it("counts those that are done or fit no more as finished, and the skipped not at all", () => {
  expect(progressOf({ pending: 2, done: 1, skipped: 5, left: 1 })).toEqual({ finished: 2, total: 4, share: 0.5 });
  expect(progressOf({ pending: 0, done: 0, skipped: 1, left: 0 })).toEqual({ finished: 0, total: 0, share: 0 });
});
