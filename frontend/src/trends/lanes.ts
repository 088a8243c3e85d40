import type { Sensor } from "../api/types";
import { displayUnit, formatDuration } from "../format";
import { axisBase, baseText } from "../format/axis";
import type { SeriesView } from "../series/view";
import type { Layout, Limits } from "./options";
import { texts } from "./texts";

export interface Trace {
  sensor: Sensor;
  /** 1 to 8: the colour, kept while others are added and removed. */
  slot: number;
  series: SeriesView | undefined;
  /** The same sensor in the range that is compared, moved to the times of this one. */
  earlier?: SeriesView;
  limits?: Limits;
}

/** A vertical axis of a lane, with the traces in its unit. */
export interface Axis {
  /** The scale's name: y, y1, y2 … */
  key: string;
  unit: string;
  traces: Trace[];
  /** Smallest and largest value to show. */
  range: [number, number];
  /** The base that is subtracted from every value before it is drawn and labelled; 0 on a logarithmic axis. */
  base: number;
  log: boolean;
}

export interface Lane {
  key: string;
  kind: "values" | "states";
  title: string;
  traces: Trace[];
  /** Lanes of states have none. */
  axes: Axis[];
}

export interface LaneOptions {
  layout: Layout;
  log: boolean;
}

const QUANTITIES: Record<string, string> = {
  "°C": texts.temperature,
  "°F": texts.temperature,
  K: texts.temperatureDifference,
  bar: texts.pressure,
  mbar: texts.pressure,
  kPa: texts.pressure,
  Pa: texts.pressure,
  kW: texts.power,
  W: texts.power,
  MW: texts.power,
  kWh: texts.energy,
  MWh: texts.energy,
  A: texts.current,
  V: texts.voltage,
  Hz: texts.frequency,
  "l/s": texts.flow,
  "l/min": texts.flow,
  "L/min": texts.flow,
  "m³/h": texts.flow,
  g: texts.acceleration,
  rpm: texts.speed,
};

const isState = ({ sensor }: Trace) => sensor.kind === "discrete" || sensor.kind === "text";
const unitKey = ({ sensor }: Trace) => `unit ${displayUnit(sensor.unit)}${sensor.kind === "counter" ? " counter" : ""}`;

/**
 * One lane per unit, in the order in which units were chosen, or per sensor, or one for all with an axis per unit; each
 * discrete or text sensor has a lane of its own.
 */
export function makeLanes(traces: Trace[], { layout, log }: LaneOptions = { layout: "unit", log: false }): Lane[] {
  const lanes: Lane[] = [];
  for (const trace of traces) {
    const { sensor } = trace;
    if (isState(trace)) {
      const title = `${sensor.tag} ${sensor.name}`;
      lanes.push({ key: sensor.id, kind: "states", title, traces: [trace], axes: [] });
      continue;
    }
    const key = layout === "shared" ? "all" : layout === "sensor" ? sensor.id : unitKey(trace);
    const lane = lanes.find((each) => each.key === key);
    if (lane) lane.traces.push(trace);
    else lanes.push({ key, kind: "values", title: "", traces: [trace], axes: [] });
  }
  for (const lane of lanes.filter((each) => each.kind === "values")) {
    lane.axes = makeAxes(lane.traces, log);
    lane.title = lane.axes.map(titleOf).join(" · ");
  }
  return lanes;
}

function makeAxes(traces: Trace[], log: boolean): Axis[] {
  const byUnit = new Map<string, Trace[]>();
  for (const trace of traces) byUnit.set(unitKey(trace), [...(byUnit.get(unitKey(trace)) ?? []), trace]);
  return [...byUnit.values()].map((own, index) => {
    // Increases are bars from zero, which no logarithmic axis has.
    const logRange = log && own[0]!.sensor.kind !== "counter" ? positiveRange(own) : null;
    const range = logRange ?? valueRange(own);
    const unit = displayUnit(own[0]!.sensor.unit);
    const base = logRange ? 0 : axisBase(...range);
    return { key: index ? `y${index}` : "y", unit, traces: own, range, base, log: logRange !== null };
  });
}

/** The axis of a trace. */
export const axisOf = (lane: Lane, trace: Trace): Axis | undefined =>
  lane.axes.find((axis) => axis.traces.some((each) => each.sensor.id === trace.sensor.id));

function titleOf(axis: Axis): string {
  const names = [...new Set(axis.traces.map(({ sensor }) => sensor.name || sensor.tag))];
  const what = names.length === 1 ? names[0]! : (QUANTITIES[axis.unit] ?? names.join(" · "));
  const counter = axis.traces.find(({ sensor }) => sensor.kind === "counter");
  const bucket = counter?.series?.resolution_ms ?? 0;
  const unit = counter && bucket > 0 ? texts.unitPerBucket(axis.unit, formatDuration(bucket)) : axis.unit;
  const name = unit ? `${what}, ${unit}` : what;
  if (axis.log) return axis.traces.some(hasHidden) ? texts.logHidden(name) : texts.logarithmic(name);
  return axis.base ? texts.offset(name, baseText(axis.base)) : name;
}

/** Values that a logarithmic axis cannot show. */
export const hasHidden = (trace: Trace) => (lowest(trace.series) ?? 1) <= 0 || (lowest(trace.earlier) ?? 1) <= 0;

function lowest(series: SeriesView | undefined): number | null {
  let low: number | null = null;
  for (const value of valuesOf(series)) if (low === null || value < low) low = value;
  return low;
}

export const STATE_HEIGHT = 30;

/** Heights in px that fill `room`: state lanes are slim, the others share the rest, each at least `least`. */
export function laneHeights(lanes: Lane[], room: number, titles: number, least = 76): number[] {
  const values = lanes.filter((lane) => lane.kind === "values");
  const fixed = lanes.length * titles + (lanes.length - values.length) * STATE_HEIGHT;
  const weight = (lane: Lane) => 1 + 0.25 * (lane.traces.length - 1);
  const weights = values.reduce((sum, lane) => sum + weight(lane), 0);
  const free = Math.max(0, room - fixed);
  return lanes.map((lane) =>
    lane.kind === "states" ? STATE_HEIGHT : Math.max(least, Math.floor((free * weight(lane)) / weights)),
  );
}

function* valuesOf(series: SeriesView | undefined): Generator<number> {
  if (!series) return;
  for (const column of series.method === "band" ? [series.min, series.max] : [series.v]) {
    for (const value of column) if (typeof value === "number") yield value;
  }
}

function* shownValues(traces: Trace[]): Generator<number> {
  for (const { series, earlier, limits } of traces) {
    yield* valuesOf(series);
    yield* valuesOf(earlier);
    if (limits && limits.low !== null) yield limits.low;
    if (limits && limits.high !== null) yield limits.high;
  }
}

/** Smallest and largest value to show, with a margin; a flat line is in the middle. Limits are shown too. */
export function valueRange(traces: Trace[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of shownValues(traces)) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (low === high) {
    const room = Math.abs(low) * 0.05 || 1;
    return [low - room, high + room];
  }
  const room = (high - low) * 0.07;
  // An increase is a bar from zero; otherwise the axis starts below zero only if a value does.
  const bars = traces.some(({ series }) => series?.method === "inc");
  return [low >= 0 && (bars || low - room < 0) ? 0 : low - room, high + room];
}

/** The same of a logarithmic axis, with a margin by a factor; null if no value is above zero. */
export function positiveRange(traces: Trace[]): [number, number] | null {
  let low = Infinity;
  let high = 0;
  for (const value of shownValues(traces)) {
    if (value <= 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high === 0) return null;
  const factor = Math.max(1.05, (high / low) ** 0.04);
  return [low / factor, Math.min(high * factor, Number.MAX_VALUE)];
}
