import { describe, expect, it } from "vitest";
import type { Sensor } from "../../api/types";
import { durationCsv, histogramCsv, xyCsv } from "./csv";
import { binText, exactness, percent, reachedText, shareText } from "./distributions";
import type { Distribution } from "./distributions";
import { nearest } from "./pairs";

const THIN = "\u2009";
const sensor = {
  id: "s",
  tag: "TT-1",
  name: "Supply",
  unit: "°C",
  kind: "continuous",
  range: [0, 50],
} as unknown as Sensor;
const found: Distribution = {
  ...{ sensor: "s", start: 0, end: 1, rung: "raw", complete: true, exact: true, error: 0, bad: 0 },
  ...{ weight: "samples", total: 200, count: 200 },
  edges: [10, 10.5, 11],
  shares: [0.25, 0.75],
  duration: { share: [0, 0.5, 1], value: [11, 10.5, 10], low: [11, 10.25, 10], high: [11, 10.75, 10] },
};

describe("a distribution in words", () => {
  it("names a bin, its share and what that is of", () => {
    expect(binText(found, 1, sensor)).toBe(`10.5 to 11.0${THIN}°C: 75.0${THIN}% of the samples`);
    expect(shareText(0.5, { weight: "time", total: 7_200_000 })).toBe(`50.0${THIN}% of the time (1 h)`);
    expect(percent(0.00001)).toBe(`< 0.1${THIN}%`);
    expect(percent(0)).toBe(`0.0${THIN}%`);
  });
  it("says what is reached for how much, with bounds where it is an estimate", () => {
    expect(reachedText(found, 1, sensor)).toBe(`10.5${THIN}°C or more for 50.0${THIN}% of the samples`);
    const estimated = { ...found, exact: false, error: 0.042 };
    expect(reachedText(estimated, 1, sensor)).toContain("between 10.3 and 10.8");
    expect(exactness(estimated)).toContain(`off by 4.2${THIN}% at most`);
    expect(exactness(found)).toBe("all 200 samples");
  });
  it("is written with what its shares are of", () => {
    const all = [{ sensor, data: found }];
    expect(histogramCsv(all).split("\r\n").slice(0, 2)).toEqual([
      "sensor,from,to,share,share of,unit",
      "TT-1,10,10.5,0.25,samples,°C",
    ]);
    expect(durationCsv(all).split("\r\n")[2]).toBe("TT-1,0.5,samples,10.5,10.25,10.75,°C");
  });
});

it("an XY plot is written pair by pair", () => {
  const x = { ...sensor, tag: "=X" };
  const rows = xyCsv(x, [{ sensor, pairs: { t: [0], x: [1], y: [2] } }]).split("\r\n");
  expect(rows[1]).toBe("1970-01-01T00:00:00.000Z,'=X,1,°C,TT-1,2,°C");
});

it("the nearest place is found on either side", () => {
  expect([0, 4, 6, 99].map((at) => nearest([0, 5, 10], at))).toEqual([0, 1, 1, 2]);
  expect(nearest([], 1)).toBeNull();
});
