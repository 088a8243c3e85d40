import { describe, expect, it } from "vitest";
import type { Sensor, Statistics } from "../../api/types";
import { fromRungs } from "../rungs";
import { statisticsCsv } from "./csv";
import { heldStates, readPercentiles } from "./data";

const HOUR = 3_600_000;

function sensor(tag: string, rest: Partial<Sensor> = {}): Sensor {
  return { id: tag, tag, name: `${tag}, the "first"`, unit: "kW", kind: "continuous", states: {}, ...rest } as Sensor;
}

const pump = sensor("CHP1-STS", { kind: "discrete", unit: "", states: { "0": "Stopped", "1": "Running" } });

function figures(rest: Partial<Statistics>): Statistics {
  const none = { min: null, tmin: null, max: null, tmax: null, mean: null, sum: null, std: null };
  return { sensor: "s", start: 0, end: HOUR, rung: "2d", complete: true, count: 0, bad: 0, ...none, ...rest };
}

describe("the source of statistics", () => {
  it("is described in words", () => {
    expect(fromRungs(["2d"])).toBe("from the 2-day rung");
    expect(fromRungs(["raw", "2d", "raw"])).toBe("from raw samples and the 2-day rung");
    expect(fromRungs(["12h", "2d", "15m"])).toBe("from the 15-minute, 12-hour and 2-day rungs");
    expect(fromRungs(["raw"])).toBe("from raw samples");
  });
});

describe("time in state", () => {
  it("uses the plant's names, longest first, as shares of the range", () => {
    expect(heldStates({ states: { "0": HOUR, "1": 3 * HOUR }, unknown: 0 }, pump)).toEqual([
      { name: "Running", ms: 3 * HOUR, share: 0.75 },
      { name: "Stopped", ms: HOUR, share: 0.25 },
    ]);
  });
  it("adds up to the range: unknown time is a category of its own, and comes last", () => {
    expect(heldStates({ states: { "1": HOUR }, unknown: 239 * HOUR }, pump)).toEqual([
      { name: "Running", ms: HOUR, share: 1 / 240 },
      { name: "Unknown", ms: 239 * HOUR, share: 239 / 240 },
    ]);
  });
  it("keeps a text as it is, even one that looks like a number", () => {
    expect(heldStates({ states: { "1.50": HOUR } }, sensor("MODE", { kind: "text" }))![0]!.name).toBe("1.50");
  });
  it("is unknown if there are too many states, and absent for a measured sensor", () => {
    expect(heldStates({ states: null }, pump)).toBeNull();
    expect(heldStates({}, sensor("PWR"))).toEqual([]);
  });
});

describe("percentiles", () => {
  it("are parsed as people write them", () => {
    expect(readPercentiles("5, 50 99.9;5")).toBe("5,50,99.9");
    for (const wrong of ["", "P5", "101", "-1", "1,".repeat(30).replaceAll("1", "1.5") + "x"]) {
      expect(readPercentiles(wrong)).toBeNull();
    }
  });
});

describe("the statistics file", () => {
  it("has a row per sensor, times on the plant's clock, and a column for everything that one of them has", () => {
    const power = figures({ count: 3, min: 1, tmin: 0, max: 9.5, tmax: HOUR / 2, mean: 4, std: 2 });
    const rows = [
      { sensor: sensor("PWR"), statistics: { ...power, percentiles: { "50": 3.5, "5": 1, "99.9": 9 } } },
      { sensor: pump, statistics: figures({ count: 2, states: { "1": HOUR } }) },
    ];
    const [head, first, second, end] = statisticsCsv(rows, "Asia/Dubai").split("\r\n");
    expect(head).toBe(
      "sensor,name,unit,from,to,samples,bad,min,min at,max,max at,mean,standard deviation,increase," +
        "P5,P50,P99.9,seconds Running",
    );
    expect(first).toBe(
      'PWR,"PWR, the ""first""",kW,1970-01-01T04:00:00.000+04:00,1970-01-01T05:00:00.000+04:00,3,0,' +
        "1,1970-01-01T04:00:00.000+04:00,9.5,1970-01-01T04:30:00.000+04:00,4,2,,1,3.5,9,",
    );
    expect(second).toMatch(/^CHP1-STS,.*,2,0,,,,,,,,,,,3600$/);
    expect(end).toBe("");
  });
  it("guards names against formulas", () => {
    const rows = [{ sensor: sensor("X", { tag: "=X()", name: "+name" }), statistics: figures({ count: 1 }) }];
    expect(statisticsCsv(rows, "UTC").split("\r\n")[1]).toMatch(/^'=X\(\),'\+name,/);
  });
});
