import { describe, expect, it } from "vitest";
import {
  displayUnit,
  durationText,
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatNumber,
  formatValue,
  isoInZone,
  parseDuration,
  parseMomentText,
  zonedToMs,
  zoneOffset,
} from ".";

const THIN = "\u2009";

describe("numbers", () => {
  it("has about four figures, separated thousands and a true minus", () => {
    expect(formatNumber(0.7256912)).toBe("0.7257");
    expect(formatNumber(31)).toBe("31");
    expect(formatNumber(118.249)).toBe("118.2");
    expect(formatNumber(23900.4)).toBe("23,900");
    expect(formatNumber(-0.27321)).toBe("\u22120.2732");
  });
  it("never shows NaN or negative zero", () => {
    expect(formatNumber(NaN)).toBe("–");
    expect(formatNumber(Infinity)).toBe("–");
    expect(formatNumber(null)).toBe("–");
    expect(formatNumber(-0.00000001, 2)).not.toContain("NaN");
    expect(formatNumber(-0.004, 1)).toBe("0.0");
  });
  it("uses scientific notation for very small and very large numbers", () => {
    expect(formatNumber(0.0000123)).toBe("1.23·10⁻⁵");
    expect(formatNumber(4.2e12)).toBe("4.2·10¹²");
  });
});

describe("values", () => {
  it("takes decimals from the sensor's range, so that widths do not jump", () => {
    expect(formatValue(31.6, null, { unit: "degC", range: [0, 50] })).toBe(`31.6${THIN}°C`);
    expect(formatValue(212.4, null, { unit: "kW", range: [0, 1000] })).toBe(`212${THIN}kW`);
    expect(formatValue(7, null, { unit: "°C", range: [0, 40] })).toBe(`7.0${THIN}°C`);
  });
  it("names discrete states and keeps text", () => {
    expect(formatValue(1, null, { kind: "discrete", states: { "0": "Stopped", "1": "Running" } })).toBe("Running");
    expect(formatValue(7, null, { kind: "discrete", states: {} })).toBe("7");
    expect(formatValue("Occupied", "", { kind: "text" })).toBe("Occupied");
  });
  it("is a dash if there is none, and without unit on request", () => {
    expect(formatValue(null, "kW")).toBe("–");
    expect(formatValue(5, "kW", null, true)).toBe("5");
    expect(displayUnit("dimensionless")).toBe("");
  });
  it("abbreviates amounts", () => {
    expect(formatCount(6764)).toBe("6,764");
    expect(formatCount(98_200_000)).toBe(`98.2${THIN}M`);
    expect(formatBytes(342_630_000)).toBe(`343${THIN}MB`);
  });
});

describe("times", () => {
  const t = Date.UTC(2026, 2, 14, 5, 42, 0);
  it("is shown on the plant's clock, with the zone's offset", () => {
    expect(formatMoment(t, "Asia/Dubai")).toBe("14 Mar 2026 09:42:00");
    expect(zoneOffset(t, "Asia/Dubai")).toBe("UTC+4");
    expect(zoneOffset(t, "America/St_Johns")).toBe("UTC\u22122:30");
    expect(zoneOffset(t, "UTC")).toBe("UTC");
    expect(isoInZone(t, "Asia/Dubai")).toBe("2026-03-14T09:42:00.000+04:00");
    expect(isoInZone(t + 7, "America/St_Johns")).toBe("2026-03-14T03:12:00.007-02:30");
  });
  it("finds the instant of a wall-clock time, also when daylight saving time begins and ends", () => {
    const berlin = "Europe/Berlin";
    expect(zonedToMs(Date.UTC(2026, 6, 1, 12), berlin)).toBe(Date.UTC(2026, 6, 1, 10));
    expect(zonedToMs(Date.UTC(2026, 2, 29, 1, 30), berlin)).toBe(Date.UTC(2026, 2, 29, 0, 30));
    expect(zonedToMs(Date.UTC(2026, 2, 29, 3, 30), berlin)).toBe(Date.UTC(2026, 2, 29, 1, 30));
    // 02:30 occurs twice that night; the first one is meant.
    expect(zonedToMs(Date.UTC(2026, 9, 25, 2, 30), berlin)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });
  it("formats durations and ages briefly", () => {
    expect(formatDuration(92 * 60_000)).toBe("1 h 32 min");
    expect(formatDuration(15 * 60_000)).toBe("15 min");
    expect(formatDuration(28_800_000)).toBe("8 h");
    expect(formatAge(20_400)).toBe("20 s");
    expect(formatAge(8 * 30.5 * 86_400_000)).toBe("8 months");
    expect(formatMoment(NaN, "UTC")).toContain("–");
  });
});

describe("user input", () => {
  const now = Date.UTC(2026, 2, 14, 10, 0, 0);
  it("parses durations and formats them again", () => {
    expect(parseDuration("8h")).toBe(28_800_000);
    expect(parseDuration("90 min")).toBe(5_400_000);
    expect(parseDuration("0h")).toBeNull();
    expect(parseDuration("yesterday")).toBeNull();
    for (const text of ["8h", "90min", "7d", "1y", "45s"]) expect(durationText(parseDuration(text)!)).toBe(text);
  });
  it("parses moments on the plant's clock in many forms", () => {
    const zone = "Asia/Dubai";
    const wanted = Date.UTC(2026, 2, 14, 5, 42);
    for (const text of ["2026-03-14 09:42", "14 Mar 2026 09:42", "14 March 2026 9:42", "2026-03-14T09:42", "9:42"]) {
      expect(parseMomentText(text, zone, now), text).toBe(wanted);
    }
    expect(parseMomentText("2026-03-14T05:42:00Z", zone, now)).toBe(wanted);
    expect(parseMomentText(String(wanted), zone, now)).toBe(wanted);
    expect(parseMomentText("2h ago", zone, now)).toBe(now - 7_200_000);
    expect(parseMomentText("now", zone, now)).toBe(now);
  });
  it("rejects a day that is not in the calendar", () => {
    for (const text of ["31 Feb 2026", "2026-13-01", "25:00", "soon", "", "14 Foo 2026"]) {
      expect(parseMomentText(text, "UTC", now), text).toBeNull();
    }
  });
});
