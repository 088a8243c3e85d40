import { displayUnit } from "../../format";
import { axisBase } from "../../format/axis";
import { positiveRange, valueRange } from "../lanes";
import type { Trace } from "../lanes";

/** One image of a printed trend: the values of a unit, or the states of a sensor. */
export interface PrintedLane {
  key: string;
  kind: "values" | "states";
  title: string;
  traces: Trace[];
  range: [number, number];
  /** What is subtracted from every label. */
  base: number;
  log: boolean;
}

const MAX_NAMES = 3;

/** A lane per unit, in the order in which units come; each discrete or text sensor has one of its own. */
export function lanesOf(traces: readonly Trace[], log = false): PrintedLane[] {
  const lanes = new Map<string, PrintedLane>();
  for (const trace of traces) {
    const { sensor } = trace;
    const states = sensor.kind === "discrete" || sensor.kind === "text";
    const key = states ? sensor.id : `${displayUnit(sensor.unit)} ${sensor.kind === "counter"}`;
    const lane = lanes.get(key);
    if (lane) lane.traces.push(trace);
    else
      lanes.set(key, {
        key,
        kind: states ? "states" : "values",
        title: "",
        traces: [trace],
        range: [0, 1],
        base: 0,
        log: false,
      });
  }
  for (const lane of lanes.values()) {
    const names = [...new Set(lane.traces.map(({ sensor }) => sensor.name || sensor.tag))];
    const shown = names.slice(0, MAX_NAMES).join(" · ") + (names.length > MAX_NAMES ? " …" : "");
    const unit = lane.kind === "values" ? displayUnit(lane.traces[0]!.sensor.unit) : "";
    lane.title = unit ? `${shown}, ${unit}` : shown;
    if (lane.kind === "values") {
      // Increases are bars from zero, which no logarithmic axis has.
      const positive = log && lane.traces[0]!.sensor.kind !== "counter" ? positiveRange(lane.traces) : null;
      lane.log = positive !== null;
      lane.range = positive ?? valueRange(lane.traces);
      lane.base = positive ? 0 : axisBase(...lane.range);
    }
  }
  return [...lanes.values()];
}
