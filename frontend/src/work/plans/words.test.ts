import { describe, expect, it } from "vitest";
import type { SiteCatalog } from "../../catalog";
import type { Standing } from "./api";
import { isComplete, NEW } from "./draft";
import { everyWords, standingWords, targetWords } from "./words";

const RUN = { hours: 2_000, sensor: "*-RUN", states: [], run: null };

describe("a maintenance plan", () => {
  it("says when it is due", () => {
    expect(everyWords({ calendar: { count: 6, unit: "months" }, run_hours: RUN })).toBe(
      "6 months or 2,000 h of running (*-RUN)",
    );
    expect(everyWords({ calendar: { count: 1, unit: "years" } })).toBe("year");
    const states = { "1": "Running", "2": "Tripped" };
    const catalog = { sensors: [{ tag: "P1-ST", name: "", kind: "discrete", states }] } as unknown as SiteCatalog;
    expect(everyWords({ run_hours: { ...RUN, sensor: "*-ST", states: ["1", "7"] } }, catalog)).toBe(
      "2,000 h of running (*-ST Running, 7)",
    );
    expect(everyWords({ events: { count: 3, type: "trip" } })).toBe("3 events “trip”");
  });

  it("says of what it is", () => {
    const tagOf = (id: string) => ({ a1: "CH-1", a2: "CH-2" })[id];
    expect(targetWords({ asset_type: "chiller" }, tagOf)).toBe("every chiller");
    expect(targetWords({ assets: ["a1", "a2", "gone"] }, tagOf)).toBe("CH-1, CH-2, gone");
    expect(targetWords({ assets: ["a1", "a2", "a3", "a4"] }, tagOf)).toBe("4 assets");
  });

  it("says how far an asset is, by what is counted and can be read", () => {
    const standing = { due: 5, run_hours: 1_234.5, events: null } as Standing;
    const every = {
      calendar: { count: 6, unit: "months" as const },
      run_hours: RUN,
      events: { count: 3, type: "trip" },
    };
    expect(standingWords(standing, every, (ms) => `at ${ms}`)).toEqual(["at 5", "1,235 of 2,000 h"]);
    expect(standingWords({ ...standing, due: null, events: 0 }, every, String)).toEqual([
      "1,235 of 2,000 h",
      "0 of 3 events",
    ]);
  });

  it("is complete once it says of what, and when", () => {
    const complete = { ...NEW, name: "Service", target: { asset_type: "chiller" } };
    expect(isComplete(complete)).toBe(true);
    expect(isComplete({ ...complete, name: " " })).toBe(false);
    expect(isComplete({ ...complete, target: { assets: [] } })).toBe(false);
    expect(isComplete({ ...complete, every: {} })).toBe(false);
    expect(isComplete({ ...complete, every: { run_hours: { ...RUN, sensor: null } } })).toBe(false);
    expect(isComplete({ ...complete, every: { run_hours: { ...RUN, sensor: null, run: "d1" } } })).toBe(true);
    expect(isComplete({ ...complete, every: { events: { count: 3, type: " " } } })).toBe(false);
  });
});
