import { describe, expect, it } from "vitest";
import { daysName, daysText, shortens, readDays, conflictOf } from "./days";
import { remainingMs, rateStart } from "./rate";

describe("retention", () => {
  it("is parsed in days or years; empty means forever", () => {
    expect(["400", "90d", "2 d", "3y", " "].map(readDays)).toEqual([400, 90, 2, 1095, null]);
    for (const wrong of ["1", "36501", "100.5", "12h", "soon", "-3"]) expect(readDays(wrong)).toBeUndefined();
  });
  it("is formatted so that it can be typed again", () => {
    expect([null, 365, 1095, 400].map(daysName)).toEqual(["forever", "1 year", "3 years", "400 days"]);
    for (const days of [null, 2, 365, 1095, 36_500]) expect(readDays(daysText(days))).toBe(days);
  });
  it("is never longer for samples than for their rollups", () => {
    expect(conflictOf({ raw_days: 400, ladder_days: 3650 })).toBeNull();
    expect(conflictOf({ raw_days: 400, ladder_days: null })).toBeNull();
    expect(conflictOf({ raw_days: 400, ladder_days: 30 })).toMatch("at least as long");
    expect(conflictOf({ raw_days: null, ladder_days: 30 })).toMatch("forever");
  });
  it("warns about what a change deletes", () => {
    const before = { raw_days: 400, ladder_days: null };
    expect(shortens(before, { raw_days: 500, ladder_days: null })).toBe(false);
    expect(shortens(before, { raw_days: 399, ladder_days: null })).toBe(true);
    expect(shortens(before, { raw_days: 400, ladder_days: 4000 })).toBe(true);
  });
});

describe("the remaining time", () => {
  it("is estimated from the progress since the first observation", () => {
    const start = rateStart(null, { t: 0, left: 100 });
    expect(remainingMs(start, { t: 2000, left: 90 })).toBeNull();
    expect(remainingMs(start, { t: 10_000, left: 75 })).toBe(30_000);
    expect(remainingMs(start, { t: 10_000, left: 100 })).toBeNull();
  });
  it("starts over when more was imported", () => {
    expect(rateStart({ t: 0, left: 100 }, { t: 5, left: 99 }).t).toBe(0);
    expect(rateStart({ t: 0, left: 100 }, { t: 5, left: 150 }).t).toBe(5);
  });
});
