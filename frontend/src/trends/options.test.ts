import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exactShift,
  LAYOUTS,
  PLOTS,
  readLimits,
  readOptions,
  readShift,
  shiftMs,
  writeLimits,
  writeOptions,
} from "./options";
import type { Limits, Options, ShiftUnit } from "./options";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function reread(options: Partial<Options>): Options {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(writeOptions(options))) if (value !== null) params.set(name, value);
  return readOptions(params);
}

describe("options in addresses", () => {
  it("are read as they were written", () => {
    const shift = fc.record({
      count: fc.integer({ min: 1, max: 30 }),
      unit: fc.constantFrom<ShiftUnit>("ms", "s", "min", "h", "d", "w", "y"),
    });
    const options = fc.record({
      plot: fc.constantFrom(...PLOTS),
      layout: fc.constantFrom(...LAYOUTS),
      log: fc.boolean(),
      steps: fc.boolean(),
      ranges: fc.boolean(),
      limits: fc
        .array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -1000, max: 1000 })), { maxLength: 8 })
        .map((pairs) => new Map<number, Limits>(pairs.map(([slot, low]) => [slot, { low, high: low + 0.5 }]))),
      compare: fc.option(shift),
      x: fc.option(fc.constantFrom("a", "TT-101")),
    });
    fc.assert(
      fc.property(options, (each) => {
        expect(reread(each)).toEqual(each);
      }),
    );
  });
  it("leave nothing in the address if they are the defaults, and are the defaults if they cannot be read", () => {
    const usual = readOptions(new URLSearchParams());
    expect(Object.values(writeOptions(usual)).every((value) => value === null)).toBe(true);
    const wrong = new URLSearchParams("plot=pie&lanes=2&scale=lin&draw=x&ranges=yes&limits=9:1..2&compare=soon");
    expect(readOptions(wrong)).toEqual(usual);
  });
});

describe("limits", () => {
  it("may be open on one side, and are left out if they are no range", () => {
    const limits = readLimits("1:18..40,2:..5,3:-1.5e3..,4:..,5:7..7,6:9..1,7:a..b,8:1e999..");
    expect([...limits]).toEqual([
      [1, { low: 18, high: 40 }],
      [2, { low: null, high: 5 }],
      [3, { low: -1500, high: null }],
    ]);
    expect(writeLimits(limits)).toBe("1:18..40,2:..5,3:-1500..");
    const wide = new Map([[1, { low: 1e-9, high: 1e30 }]]);
    expect(readLimits(writeLimits(wide))).toEqual(wide);
  });
  it("are read in bounded time", () => {
    expect(readLimits("1:1..2,".repeat(100_000)).size).toBe(1);
  });
});

describe("a shift", () => {
  const at = (iso: string) => ({ start: Date.parse(iso), end: Date.parse(iso) + DAY });
  it("of days, weeks and years is one of the plant's calendar", () => {
    const zone = "Europe/Berlin";
    const monday = at("2026-03-30T06:00:00Z"); // 08:00, the day after the clocks went forward
    expect(shiftMs({ count: 1, unit: "d" }, monday, zone)).toBe(DAY);
    expect(shiftMs({ count: 2, unit: "d" }, monday, zone)).toBe(2 * DAY - HOUR);
    expect(shiftMs({ count: 1, unit: "w" }, monday, zone)).toBe(7 * DAY - HOUR);
    expect(shiftMs({ count: 1, unit: "y" }, at("2025-03-01T12:00:00Z"), "UTC")).toBe(365 * DAY);
    expect(shiftMs({ count: 1, unit: "y" }, at("2025-02-01T12:00:00Z"), "UTC")).toBe(366 * DAY);
    expect(shiftMs({ count: 48, unit: "h" }, monday, zone)).toBe(2 * DAY);
  });
  it("of so many ms is exact", () => {
    for (const ms of [1, 999, 61_000, 5 * HOUR, DAY, 12_345_678]) {
      expect(shiftMs(exactShift(ms), at("2026-03-30T06:00:00Z"), "Europe/Berlin")).toBe(ms);
    }
  });
  it("is none if it is nothing, or longer than any history", () => {
    for (const text of ["0d", "", null, "-1d", "31y", "1.5d", "d", "999999999999999d"])
      expect(readShift(text)).toBeNull();
    expect(readShift(" 4 W ")).toEqual({ count: 4, unit: "w" });
  });
});
