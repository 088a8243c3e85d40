import { describe, expect, it } from "vitest";
import type { Sensor } from "../api/types";
import { timeTicks } from "../format/ticks";
import { leftMargin, makeLaneOptions } from "./chart/lane";
import { limitLines } from "./chart/limits";
import { laneHeights, makeLanes, valueRange } from "./lanes";
import type { Trace } from "./lanes";
import type { LineView } from "../series/view";
import { barsOf, overviewSpan, readRange, resolveRange, writeRange, zoomSpan } from "./range";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function line(t: number[], v: number[], rest: Partial<LineView> = {}): LineView {
  const stats = { count: v.length, min: Math.min(...v), max: Math.max(...v), mean: 0 };
  const base = { sensor: "s", start: 0, end: 100, gaps: [], rung: "raw", complete: true, resolution_ms: 0 };
  return { ...base, samples: v.length, bad: 0, stats, method: "minmax", t, v, ...rest } as LineView;
}

function sensor(id: string, rest: Partial<Sensor> = {}): Sensor {
  return { id, tag: id.toUpperCase(), name: id, unit: "kW", kind: "continuous", states: {}, ...rest } as Sensor;
}

describe("ranges in addresses", () => {
  const read = (query: string) => readRange(new URLSearchParams(query));
  const usual = { kind: "last", length: 8 * HOUR };
  it("reads what it writes", () => {
    for (const range of [
      { kind: "last", length: 8 * HOUR },
      { kind: "last", length: 7 * DAY },
      { kind: "fixed", start: 1000, end: 5000 },
    ] as const) {
      const params = new URLSearchParams();
      for (const [name, value] of Object.entries(writeRange(range)))
        if (value !== null) params.set(name, String(value));
      expect(readRange(params)).toEqual({ range, invalid: null });
    }
  });
  it("is the default if it is missing, or if it is invalid, which is reported", () => {
    expect(read("")).toEqual({ range: usual, invalid: null });
    for (const [query, invalid] of [
      ["range=nonsense", "nonsense"],
      ["range=500y", "500y"],
      ["start=5&end=1", "5 – 1"],
      ["start=a&end=b", "a – b"],
      ["start=5", "5 – "],
    ]) {
      expect(read(query!), query).toEqual({ range: usual, invalid });
    }
  });
  it("ends now while live, and is around a past moment without extending beyond now", () => {
    const now = 1_000_000_000_000;
    const live = resolveRange({ kind: "last", length: HOUR }, null, now);
    expect(live.end - live.start).toBe(HOUR);
    expect(live.end).toBeGreaterThanOrEqual(now);
    const past = resolveRange({ kind: "last", length: 8 * HOUR }, now - DAY, now);
    expect(past.start).toBe(now - DAY - 6 * HOUR);
    const recent = resolveRange({ kind: "last", length: 8 * HOUR }, now - HOUR, now);
    expect(recent.end).toBe(now);
  });
  it("zooms around the instant under the cursor", () => {
    expect(zoomSpan({ start: 0, end: 100_000 }, 0.5, 20_000)).toEqual({ start: 10_000, end: 60_000 });
  });
  it("keeps the overview while the view moves inside it", () => {
    const whole = overviewSpan({ start: 0, end: 8 * HOUR }, 100 * DAY);
    expect(whole.end - whole.start).toBe(7 * DAY);
    expect(overviewSpan({ start: HOUR, end: 9 * HOUR }, 100 * DAY, whole)).toBe(whole);
    expect(overviewSpan({ start: 9 * DAY, end: 10 * DAY }, 100 * DAY, whole)).not.toBe(whole);
  });
  it("gives counters bars of round widths", () => {
    const widthOf = (start: number, length: number) => {
      const bars = barsOf({ start, end: start + length });
      expect(bars.start).toBeLessThanOrEqual(start);
      expect(bars.end).toBeGreaterThanOrEqual(start + length);
      return (bars.end - bars.start) / bars.count;
    };
    expect(widthOf(7 * HOUR + 1, DAY)).toBe(15 * 60_000);
    expect(widthOf(30_000, HOUR)).toBe(60_000);
    expect(widthOf(DAY, 365 * DAY)).toBe(4 * DAY);
  });
});

const black = "black";
const colours = {
  ...{ ink: black, ink2: black, ink3: black, line: black, panel: black, history: black, accent: black },
  series: Array<string>(8).fill(black),
};

describe("lanes", () => {
  const trace = (one: Sensor, slot: number, series?: LineView): Trace => ({ sensor: one, slot, series });
  it.each([[[1_234_500_000, 1_234_500_900]], [[1e15 - 0.1, 1e15 + 0.1]]])(
    "of values %j are drawn as what they differ by from a base that the title names",
    (values) => {
      const [lane] = makeLanes([trace(sensor("total"), 1, line([0, 50], values))]);
      const { base } = lane!.axes[0]!;
      expect(Math.abs(base - values[0]!)).toBeLessThan(values[0]! * 1e-5);
      expect(lane!.title).not.toBe("total, kW");
      const view = { start: 0, end: 100 };
      const { options, data } = makeLaneOptions({
        ...{ lane: lane!, width: 800, height: 200, view, zone: "UTC", colours, last: true },
      });
      const [low, high] = (options.scales!.y!.range as () => [number, number])();
      const drawn = (data[1] as (number | null)[]).filter((value) => value !== null);
      expect(drawn).toEqual(values.map((value) => value - base));
      for (const value of drawn) expect(value >= low && value <= high).toBe(true);
    },
  );
  it("has one lane per unit, in the order of selection, and one for each discrete sensor", () => {
    const lanes = makeLanes([
      trace(sensor("flow", { unit: "l/s" }), 1),
      trace(sensor("supply", { unit: "degC" }), 2),
      trace(sensor("run", { unit: "", kind: "discrete" }), 3),
      trace(sensor("return", { unit: "°C" }), 4),
    ]);
    expect(lanes.map((lane) => lane.traces.map(({ sensor: each }) => each.id))).toEqual([
      ["flow"],
      ["supply", "return"],
      ["run"],
    ]);
    expect(lanes.map((lane) => lane.title)).toEqual(["flow, l/s", "Temperature, °C", "RUN run"]);
  });
  it("has one lane per sensor, or one for all with an axis per unit, if that is chosen", () => {
    const traces = [
      trace(sensor("flow", { unit: "l/s" }), 1, line([0, 1], [10, 20])),
      trace(sensor("run", { unit: "", kind: "discrete" }), 2),
      trace(sensor("supply", { unit: "°C" }), 3, line([0, 1], [6, 7])),
      trace(sensor("return", { unit: "°C" }), 4, line([0, 1], [12, 13])),
    ];
    const own = makeLanes(traces, { layout: "sensor", log: false });
    expect(own.map((lane) => lane.traces.map(({ slot }) => slot))).toEqual([[1], [2], [3], [4]]);
    const [shared, states] = makeLanes(traces, { layout: "shared", log: false });
    expect(states!.kind).toBe("states");
    expect(shared!.axes.map(({ key, unit, traces: of_ }) => [key, unit, of_.map(({ slot }) => slot)])).toEqual([
      ["y", "l/s", [1]],
      ["y1", "°C", [3, 4]],
    ]);
    expect(shared!.title).toBe("flow, l/s · Temperature, °C");
    const size = { width: 900, height: 200, left: leftMargin([shared!], 900) };
    const view = { start: 0, end: 100 };
    const { options, data } = makeLaneOptions({ lane: shared!, ...size, view, zone: "UTC", colours, last: true });
    expect(options.axes!.slice(1).map(({ scale }) => scale)).toEqual(["y", "y1"]);
    const sizes = options.axes!.slice(1).map((axis) => axis.size as number);
    expect(sizes.reduce((sum, each) => sum + each)).toBe(size.left);
    expect(options.series!.slice(1).map(({ scale }) => scale)).toEqual(["y", "y1", "y1"]);
    expect(data).toHaveLength(4);
    expect(leftMargin([shared!], 300), "no room for a second axis").toBe(leftMargin([], 300));
  });
  it("is logarithmic for what is above zero, and says what is not shown", () => {
    const lanes = (v: number[], kind: Sensor["kind"] = "continuous") =>
      makeLanes([trace(sensor("p", { kind }), 1, line([0, 1, 2], v))], { layout: "unit", log: true });
    const [positive] = lanes([0.5, 5, 50]);
    expect(positive!.axes[0]).toMatchObject({ log: true, base: 0 });
    expect(positive!.axes[0]!.range[0]).toBeGreaterThan(0);
    expect(positive!.title).toBe("p, kW, logarithmic");
    const [mixed] = lanes([-1, 5, 50]);
    expect(mixed!.title).toContain("zero and below are not shown");
    const input = { width: 800, height: 200, view: { start: 0, end: 2 }, zone: "UTC", colours, last: true };
    expect(makeLaneOptions({ lane: mixed!, ...input }).data[1]).toEqual([null, 5, 50]);
    expect(lanes([-1, -5, 0])[0]!.axes[0]!.log, "nothing to show").toBe(false);
    expect(lanes([1, 5, 9], "counter")[0]!.axes[0]!.log, "bars from zero").toBe(false);
  });
  it("draws the range that is compared below this one, and has room for both and for limits", () => {
    const earlier = line([0, 1], [100, 120]);
    const limits = { low: -5, high: null };
    const [lane] = makeLanes([{ ...trace(sensor("p"), 1, line([0, 1], [10, 20])), earlier, limits }]);
    const [low, high] = lane!.axes[0]!.range;
    expect(low).toBeLessThan(-5);
    expect(high).toBeGreaterThan(120);
    const input = { width: 800, height: 200, view: { start: 0, end: 2 }, zone: "UTC", colours, last: true };
    const { options, data } = makeLaneOptions({ lane: lane!, ...input });
    expect(data.slice(1)).toEqual([
      [100, 120],
      [10, 20],
    ]);
    expect(options.series![1]!.dash).toBeDefined();
    expect(options.series![2]!.dash).toBeUndefined();
  });
  it("has the limits of a view and, on request, the ranges of its sensors", () => {
    const ranged = sensor("p", { range: [0, 50] });
    const [lane] = makeLanes([{ ...trace(ranged, 1, line([0, 1], [10, 20])), limits: { low: 12, high: 18 } }]);
    const labels = (ranges: boolean) => limitLines(lane!, ranges).map(({ value, outside }) => [value, outside]);
    expect(labels(false)).toEqual([
      [12, "below"],
      [18, "above"],
    ]);
    expect(labels(true).slice(2)).toEqual([
      [0, "below"],
      [50, "above"],
    ]);
  });
  it("divides the height, with slim lanes for states", () => {
    const lanes = makeLanes([trace(sensor("a"), 1), trace(sensor("b", { kind: "discrete" }), 2)]);
    expect(laneHeights(lanes, 400, 20)).toEqual([330, 30]);
    expect(laneHeights(lanes, 50, 20)[0]).toBe(76);
  });
  it("leaves a margin above and below, but none below zero for values that never are", () => {
    const [low, high] = valueRange([trace(sensor("a"), 1, line([0, 1], [10, 20]))]);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(20);
    expect(valueRange([trace(sensor("a"), 1, line([0, 1], [0, 20]))])[0]).toBe(0);
    expect(valueRange([trace(sensor("a"), 1, line([0], [5]))])).toEqual([4.75, 5.25]);
    expect(valueRange([trace(sensor("a"), 1)])).toEqual([0, 1]);
  });
});

describe("time ticks", () => {
  const labels = (start: number, end: number, zone: string, most: number) =>
    timeTicks(start, end, zone, most).map((tick) => tick.label);
  it("are at round times of the plant's clock", () => {
    const start = Date.UTC(2020, 2, 9, 10, 14);
    expect(labels(start, start + 2 * HOUR, "UTC", 9)).toEqual([
      "10:15",
      "10:30",
      "10:45",
      "11:00",
      "11:15",
      "11:30",
      "11:45",
      "12:00",
    ]);
    expect(labels(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), "Asia/Dubai", 8)).toContain("2 Jan");
    expect(labels(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), "Asia/Kolkata", 8)).toContain("06:00");
  });
  it("label days, months and years", () => {
    expect(labels(Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 8), "UTC", 8)).toContain("5 Mar");
    expect(labels(Date.UTC(2025, 6, 1), Date.UTC(2026, 6, 1), "UTC", 13)).toContain("2026");
    expect(labels(Date.UTC(2016, 0, 1), Date.UTC(2026, 0, 1), "UTC", 11)).toContain("2020");
  });
  it("are never more than requested, nor two at one place, across a clock change", () => {
    const zone = "Europe/Berlin";
    for (const [start, end] of [
      [Date.UTC(2026, 9, 24, 20), Date.UTC(2026, 9, 25, 6)],
      [Date.UTC(2026, 2, 28, 20), Date.UTC(2026, 2, 29, 6)],
      [0, 5000],
      [0, 40 * 365 * DAY],
    ] as const) {
      const ticks = timeTicks(start, end, zone, 10);
      expect(ticks.length).toBeLessThanOrEqual(12);
      expect(ticks.length).toBeGreaterThan(1);
      expect(new Set(ticks.map((tick) => tick.t)).size).toBe(ticks.length);
      expect([...ticks].sort((a, b) => a.t - b.t)).toEqual(ticks);
    }
  });
});
