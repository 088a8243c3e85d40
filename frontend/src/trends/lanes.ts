import type { Sensor } from "../api/types";
import { displayUnit, formatDuration } from "../format";
import { axisBase, baseText } from "../format/axis";
import type { SeriesView } from "../series/view";
import { texts } from "./texts";

export interface Trace {
  sensor: Sensor;
  /** 1 to 8: the colour, kept while others are added and removed. */
  slot: number;
  series: SeriesView | undefined;
}

export interface Lane {
  key: string;
  kind: "values" | "states";
  title: string;
  unit: string;
  traces: Trace[];
  /** Smallest and largest value to show. */
  range: [number, number];
  /** The base that is subtracted from every value before it is drawn and labelled. */
  base: number;
}

const STATES = { range: [0, 1] as [number, number], base: 0 };

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

/** One lane per unit, in the order in which units were chosen; each discrete or text sensor has a lane of its own. */
export function makeLanes(traces: Trace[]): Lane[] {
  const lanes: Lane[] = [];
  for (const trace of traces) {
    const { sensor } = trace;
    if (sensor.kind === "discrete" || sensor.kind === "text") {
      const title = `${sensor.tag} ${sensor.name}`;
      lanes.push({ ...STATES, key: sensor.id, kind: "states", title, unit: "", traces: [trace] });
      continue;
    }
    const unit = displayUnit(sensor.unit);
    const key = `unit ${unit}${sensor.kind === "counter" ? " counter" : ""}`;
    const lane = lanes.find((each) => each.key === key);
    if (lane) lane.traces.push(trace);
    else lanes.push({ ...STATES, key, kind: "values", title: "", unit, traces: [trace] });
  }
  for (const lane of lanes.filter((each) => each.kind === "values")) {
    lane.range = valueRange(lane.traces);
    lane.base = axisBase(...lane.range);
    lane.title = titleOf(lane);
  }
  return lanes;
}

function titleOf(lane: Lane): string {
  const names = [...new Set(lane.traces.map(({ sensor }) => sensor.name || sensor.tag))];
  const what = names.length === 1 ? names[0]! : (QUANTITIES[lane.unit] ?? names.join(" · "));
  const counter = lane.traces.find(({ sensor }) => sensor.kind === "counter");
  const bucket = counter?.series?.resolution_ms ?? 0;
  const unit = counter && bucket > 0 ? texts.unitPerBucket(lane.unit, formatDuration(bucket)) : lane.unit;
  const name = unit ? `${what}, ${unit}` : what;
  return lane.base ? texts.offset(name, baseText(lane.base)) : name;
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

/** Smallest and largest value to show, with a margin; a flat line is in the middle. */
export function valueRange(traces: Trace[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { series } of traces) {
    if (!series) continue;
    const columns = series.method === "band" ? [series.min, series.max] : [series.v];
    for (const column of columns) {
      for (const value of column) {
        if (typeof value !== "number") continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
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
