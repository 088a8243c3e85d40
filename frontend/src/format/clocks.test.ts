import { describe, expect, it } from "vitest";
import { formatDate, formatTime, offsetSpans, parseMomentText, zoneOffsetMs, zonedToMs } from ".";
import { timeTicks } from "./ticks";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** West and east of UTC, both halves of the globe, changes at midnight, by half an hour, and none at all. */
const ZONES = [
  "America/New_York",
  "America/Los_Angeles",
  "America/St_Johns",
  "America/Santiago",
  "America/Havana",
  "Europe/London",
  "Europe/Berlin",
  "Africa/Cairo",
  "Asia/Beirut",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
];
const YEARS = [Date.UTC(2025, 0, 1), Date.UTC(2027, 0, 1)] as const;

/** Every change of two years: the first instant of the new offset, and both offsets. */
const changes = ZONES.flatMap((zone) => {
  const spans = offsetSpans(...YEARS, zone);
  return spans
    .slice(1)
    .map((span, index) => ({ zone, t: span.start, before: spans[index]!.offset, after: span.offset }));
});

const typed = (wall: number) => new Date(wall).toISOString().slice(0, 19).replace("T", " ");

describe("clock changes", () => {
  it("are found in both directions", () => {
    expect(changes).toHaveLength(11 * 4);
    for (const zone of ZONES.filter((each) => each !== "Asia/Kolkata")) {
      expect(changes.filter((each) => each.zone === zone && each.after > each.before)).toHaveLength(2);
    }
    for (const { zone, t, before, after } of changes) {
      expect(zoneOffsetMs(t - 1, zone)).toBe(before);
      expect(zoneOffsetMs(t, zone)).toBe(after);
    }
  });
});

describe("a wall-clock time", () => {
  it(
    "is the instant at which the clock shows it, a day around every change, by a quarter of an hour",
    { timeout: 30_000 },
    () => {
      for (const { zone, t, before, after } of changes) {
        for (let at = t - DAY; at < t + DAY; at += 15 * MINUTE) {
          const wall = at + zoneOffsetMs(at, zone);
          const back = after < before && at >= t && at < t + (before - after);
          const wanted = back ? at - (before - after) : at; // a repeated time: the earlier
          expect(zonedToMs(wall, zone), `${zone} ${typed(wall)}`).toBe(wanted);
          expect(parseMomentText(typed(wall), zone, at), `${zone} ${typed(wall)}`).toBe(wanted);
        }
      }
    },
  );
  it("moves forward by the skipped period if no clock shows it", () => {
    for (const { zone, t, before, after } of changes.filter((each) => each.after > each.before)) {
      for (let skipped = 0; skipped < after - before; skipped += 5 * MINUTE) {
        const found = zonedToMs(t + before + skipped, zone);
        expect(found, zone).toBe(t + skipped);
      }
    }
  });
  it("is correct west of UTC, hours after the change", () => {
    const zone = "America/New_York";
    const read = (text: string) => new Date(parseMomentText(text, zone, 0)!).toISOString().slice(0, 16);
    expect(read("2026-03-08 05:00")).toBe("2026-03-08T09:00");
    expect(read("2026-11-01 03:30")).toBe("2026-11-01T08:30");
    expect(read("2026-11-01 01:30")).toBe("2026-11-01T05:30");
    expect(read("2026-03-08 02:30")).toBe("2026-03-08T07:30");
  });
});

describe("time ticks around a clock change", () => {
  const lengths = [20 * MINUTE, 2 * HOUR, 8 * HOUR, DAY, 3 * DAY, 9 * DAY, 60 * DAY, 400 * DAY];
  it("are never equal within a day, ascend, and match the clock", { timeout: 30_000 }, () => {
    for (const { zone, t } of changes) {
      for (const length of lengths) {
        for (const share of [0.1, 0.5, 0.9]) {
          const start = Math.round(t - share * length);
          const ticks = timeTicks(start, start + length, zone, 12);
          const labels = ticks.map((tick) => tick.label);
          const where = `${zone} ${new Date(start).toISOString()} ${length / HOUR} h: ${labels.join(", ")}`;
          const named = new Set(ticks.map((tick) => `${formatDate(tick.t, zone)} ${tick.label}`));
          expect(named.size, where).toBe(ticks.length);
          expect(ticks.length, where).toBeGreaterThan(1);
          expect(ticks.length, where).toBeLessThanOrEqual(14);
          ticks.forEach((tick, index) => {
            if (index) expect(tick.t, where).toBeGreaterThan(ticks[index - 1]!.t);
            const shown = [formatTime(tick.t, zone, false), formatTime(tick.t, zone), formatDate(tick.t, zone, false)];
            const year = formatDate(tick.t, zone).slice(-4);
            const month = formatDate(tick.t, zone, false).replace(/^\d+ /, "");
            expect([...shown, year, month], where).toContain(tick.label.replace(/ UTC.*/, ""));
          });
        }
      }
    }
  });
  it("has ticks in the second pass of a repeated hour too", () => {
    const start = Date.UTC(2026, 10, 1, 6, 5); // 01:05 in New York, for the second time
    const labels = timeTicks(start, start + 30 * MINUTE, "America/New_York", 7).map((tick) => tick.label);
    expect(labels).toContain("01:10 UTC\u22125");
  });
  it("labels the day if midnight is skipped or repeated", () => {
    for (const [zone, day] of [
      ["Africa/Cairo", Date.UTC(2026, 3, 24)],
      ["Asia/Beirut", Date.UTC(2026, 2, 29)],
      ["America/Havana", Date.UTC(2026, 10, 1)],
    ] as const) {
      const start = zonedToMs(day, zone) - 3 * HOUR;
      const strong = timeTicks(start, start + 7 * HOUR, zone, 12).filter((tick) => tick.strong);
      expect(
        strong.map((tick) => tick.label),
        zone,
      ).toEqual([formatDate(start + 5 * HOUR, zone, false)]);
    }
  });
});
