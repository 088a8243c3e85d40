import type { Kind, Sensor } from "../api/types";
import { formatNumber } from "../format";
import type { SensorChanges } from "./api";
import { texts } from "./texts";

/** A sensor as a person types it. */
export interface Draft {
  tag: string;
  name: string;
  description: string;
  asset: string | null;
  kind: Kind;
  unit: string;
  low: string;
  high: string;
  states: string;
  sampling: Sensor["sampling"];
  interval: string;
  rollover: string;
  tolerance: string;
  trusted: boolean;
}

export type Field = keyof SensorChanges;
export type Errors = Partial<Record<Field, string>>;

const typed = (value: number | null) => (value === null ? "" : String(value));

export const draftOf = (sensor: Sensor): Draft => ({
  tag: sensor.tag,
  name: sensor.name,
  description: sensor.description,
  asset: sensor.asset,
  kind: sensor.kind,
  unit: sensor.unit,
  low: typed(sensor.range?.[0] ?? null),
  high: typed(sensor.range?.[1] ?? null),
  states: Object.entries(sensor.states)
    .map(([value, name]) => `${value} = ${name}`)
    .join("\n"),
  sampling: sensor.sampling,
  interval: typed(sensor.interval_s),
  rollover: typed(sensor.rollover),
  tolerance: sensor.tolerance ? String(sensor.tolerance) : "",
  trusted: sensor.trusted,
});

/** A number as people type it, also with a true minus sign; null for an empty text, NaN if it is not a number. */
function numberOf(text: string): number | null {
  const clean = text.trim().replace("\u2212", "-");
  if (clean === "") return null;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
  return Number.isFinite(number) ? number : NaN;
}

function readStates(text: string): { states: Record<string, string>; error?: string } {
  const states: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const [, value, name] = /^\s*([-\u2212]?\d+)\s*[=:]\s*(.*\S)\s*$/.exec(line) ?? [];
    if (value === undefined || name === undefined) return { states, error: texts.badState(line.trim()) };
    states[String(Number(value.replace("\u2212", "-")))] = name;
  }
  return { states };
}

type Fields = Required<SensorChanges>;

/** The sensor that a draft describes. Fields that its kind does not have are empty. */
function read(draft: Draft): { fields: Fields; errors: Errors } {
  const errors: Errors = {};
  const text = draft.kind === "text";
  const counter = draft.kind === "counter";
  const number = (field: Field, value: string) => {
    const found = numberOf(value);
    if (Number.isNaN(found)) errors[field] = texts.notANumber;
    return found;
  };
  const [low, high] = text ? [null, null] : [number("range", draft.low), number("range", draft.high)];
  if (!errors.range && (low === null) !== (high === null)) errors.range = texts.bothEnds;
  if (!errors.range && low !== null && high !== null && low >= high) errors.range = texts.lowBelowHigh;
  const { states, error } = draft.kind === "discrete" ? readStates(draft.states) : { states: {}, error: undefined };
  if (error) errors.states = error;
  const fields: Fields = {
    tag: draft.tag.trim(),
    name: draft.name.trim(),
    description: draft.description.trim(),
    asset: draft.asset,
    kind: draft.kind,
    unit: text ? "" : draft.unit.trim(),
    range: low === null || high === null ? null : [low, high],
    states,
    sampling: draft.sampling,
    interval_s: number("interval_s", draft.interval),
    rollover: counter ? number("rollover", draft.rollover) : null,
    tolerance: counter ? (number("tolerance", draft.tolerance) ?? 0) : 0,
    trusted: draft.trusted,
  };
  return { fields, errors };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs from the sensor as it was read, and what cannot be sent yet. An unchanged field is not sent. */
export function changesOf(sensor: Sensor, draft: Draft): { changes: SensorChanges; errors: Errors } {
  const { fields, errors } = read(draft);
  const changed = (Object.keys(fields) as Field[]).filter((name) => !same(fields[name], sensor[name]));
  return { changes: Object.fromEntries(changed.map((name) => [name, fields[name]])), errors };
}

/** The draft of the sensor as it is now, with the changes of an older draft on top. */
export function rebase(current: Sensor, changes: SensorChanges): Draft {
  return draftOf({ ...current, ...changes } as Sensor);
}

export const FIELD_NAMES: Record<Field, string> = {
  tag: texts.tag,
  name: texts.name,
  description: texts.description,
  asset: texts.asset,
  kind: texts.kind,
  unit: texts.unit,
  range: texts.range,
  states: texts.states,
  sampling: texts.sampling,
  interval_s: texts.interval,
  rollover: texts.rollover,
  tolerance: texts.tolerance,
  trusted: texts.trustedShort,
};

/** A field's value as displayed. */
export function fieldText(field: Field, sensor: Sensor, assetName: (id: string) => string): string {
  const value = sensor[field];
  if (value === null || value === "" || same(value, {})) return texts.empty;
  if (field === "asset") return assetName(value as string);
  if (field === "kind") return texts.kinds[sensor.kind];
  if (field === "sampling") return texts.samplings[sensor.sampling];
  if (field === "range") return sensor.range!.map((each) => formatNumber(each)).join(" … ");
  if (field === "states") return Object.values(sensor.states).join(", ");
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  return typeof value === "number" ? formatNumber(value) : String(value);
}

/** The fields in which somebody else changed a sensor. */
export const differing = (before: Sensor, after: Sensor): Field[] =>
  (Object.keys(FIELD_NAMES) as Field[]).filter((name) => !same(before[name], after[name]));
