import { describe, expect, it } from "vitest";
import type { SeriesGrowth } from "../../api/types";
import { growersOf, withoutGaps } from "./growth";

const growth: SeriesGrowth = {
  at: 1_800_000_000_000,
  start: 1_799_000_000_000,
  known: 30,
  limit: 100,
  days: [null, 10, 30],
  per_day: null,
  limit_at: null,
  warning: "",
  sites: [
    { site: "p1", slug: "harbour", known: 20, grown: 5, days: [null, 15, 20] },
    { site: "p2", slug: "mill", known: 10, grown: 0, days: [null, 10, 10] },
  ],
  sources: [{ name: "influxdb", grown: 7, days: [0, 0, 7] }],
  rules: [{ name: "plant/{site} → {site}/{field}", grown: 6, days: [0, 0, 6] }],
};

describe("the top growers", () => {
  it("are sites, sources and rules that grew, the fastest first", () =>
    expect(growersOf(growth).map(({ kind, name, count, grown }) => [kind, name, count, grown])).toEqual([
      ["source", "InfluxDB line protocol", null, 7],
      ["rule", "plant/{site} → {site}/{field}", null, 6],
      ["site", "harbour", 20, 5],
    ]));

  it("have no gap on days on which nobody looked", () => {
    expect(withoutGaps([null, 3, null, 5])).toEqual([3, 3, 3, 5]);
    expect(withoutGaps([null, null])).toEqual([0, 0]);
  });
});
