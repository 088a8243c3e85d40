import type { Definition, Figure, NewDefinition } from "./data";

export type By = "state" | "threshold" | "event" | "hand";

/** What the form holds; numbers as typed. */
export interface Draft {
  name: string;
  by: By;
  sensor: string | null;
  states: string[];
  above: string;
  below: string;
  startEvent: string;
  endEvent: string;
  minDuration: string;
  maxGap: string;
  description: string;
  sensors: string[];
  figure: Figure | "";
  of: string | null;
  lowest: boolean;
}

export const EMPTY: Draft = {
  name: "",
  by: "state",
  sensor: null,
  states: [],
  above: "",
  below: "",
  startEvent: "",
  endEvent: "",
  minDuration: "",
  maxGap: "",
  description: "",
  sensors: [],
  figure: "",
  of: null,
  lowest: false,
};

const NUMBER = /^[-\u2212]?((\d+|\d{1,3}(,\d{3})+)(\.\d+)?|\.\d+)(e[-+]?\d{1,2})?$/i;

/** A number as typed, with thousands separated as numbers are shown, or not; null if there is none, NaN if it is not one. */
export function numberOf(text: string): number | null {
  const typed = text.trim();
  if (typed === "") return null;
  return NUMBER.test(typed) ? Number(typed.replaceAll(",", "").replace("\u2212", "-")) : NaN;
}

const NUMBERS = {
  state: ["minDuration", "maxGap"],
  event: ["minDuration", "maxGap"],
  threshold: ["above", "below", "minDuration", "maxGap"],
  hand: [],
} as const satisfies Record<By, readonly (keyof Draft)[]>;

/** Whether the form has a number here that cannot be one: an amount of time is not below zero. */
export function isNumberWrong(draft: Draft, name: keyof Draft): boolean {
  const field = NUMBERS[draft.by].find((each) => each === name);
  const number = field ? numberOf(draft[field]) : null;
  return number !== null && (Number.isNaN(number) || (number < 0 && field !== "above" && field !== "below"));
}

/** The fields that are wrong, of those that the form shows. */
export function wrongFields(draft: Draft): (keyof Draft)[] {
  const wrong: (keyof Draft)[] = [];
  if (!draft.name.trim()) wrong.push("name");
  if ((draft.by === "state" || draft.by === "threshold") && !draft.sensor) wrong.push("sensor");
  if (draft.by === "state" && draft.states.length === 0) wrong.push("states");
  if (draft.by === "threshold" && numberOf(draft.above) === null && numberOf(draft.below) === null) wrong.push("above");
  if (draft.by === "event" && !draft.startEvent.trim()) wrong.push("startEvent");
  if (draft.by === "event" && !draft.endEvent.trim()) wrong.push("endEvent");
  wrong.push(...NUMBERS[draft.by].filter((name) => isNumberWrong(draft, name)));
  if (draft.figure && draft.figure !== "duration" && !draft.of) wrong.push("of");
  return wrong;
}

const MINUTE_S = 60;
const PLACES = 1e4;

const writtenNumber = (value: number | null | undefined) => (value == null ? "" : String(value));
const writtenMinutes = (seconds: number) =>
  seconds === 0 ? "" : String(Math.round((seconds / MINUTE_S) * PLACES) / PLACES);

/** What a form begins with: a stored definition, or nothing. */
export function draftOf(definition: Definition | undefined): Draft {
  if (!definition) return EMPTY;
  const { rule, best } = definition;
  return {
    name: definition.name,
    by: rule.by,
    sensor: rule.sensor ?? null,
    states: [...(rule.states ?? [])],
    above: writtenNumber(rule.above),
    below: writtenNumber(rule.below),
    startEvent: rule.start_event ?? "",
    endEvent: rule.end_event ?? "",
    minDuration: writtenMinutes(definition.min_duration_s),
    maxGap: writtenMinutes(definition.max_gap_s),
    description: definition.description,
    sensors: definition.sensors,
    figure: best?.figure ?? "",
    of: best?.sensor ?? null,
    lowest: best?.lowest ?? false,
  };
}

/** `before`: what is changed, whose members without a field of the form are kept. */
export function definitionOf(site: string, draft: Draft, before?: Definition): NewDefinition {
  const seconds = (text: string, stored = 0) => {
    if (draft.by === "hand") return 0;
    return text === writtenMinutes(stored) ? stored : (numberOf(text) ?? 0) * MINUTE_S;
  };
  const none = { above: null, below: null, unit: null, states: null, start_event: null, end_event: null, device: null };
  const rule: NewDefinition["rule"] = { by: draft.by, sensor: null, ...none };
  if (draft.by === "state") Object.assign(rule, { sensor: draft.sensor, states: draft.states });
  if (draft.by === "threshold") {
    const unit = before?.rule.sensor === draft.sensor ? before?.rule.unit : null;
    Object.assign(rule, { sensor: draft.sensor, above: numberOf(draft.above), below: numberOf(draft.below), unit });
  }
  if (draft.by === "event") {
    const device = before?.rule.device ?? null;
    Object.assign(rule, { start_event: draft.startEvent.trim(), end_event: draft.endEvent.trim(), device });
  }
  const of = draft.figure && draft.figure !== "duration" ? draft.of : null;
  const sensors = of && !draft.sensors.includes(of) ? [...draft.sensors, of] : draft.sensors;
  const best = draft.figure ? { figure: draft.figure, lowest: draft.lowest, sensor: of } : null;
  return {
    site,
    name: draft.name.trim(),
    rule,
    min_duration_s: seconds(draft.minDuration, before?.min_duration_s),
    max_gap_s: seconds(draft.maxGap, before?.max_gap_s),
    sensors,
    best,
    description: draft.description.trim(),
  };
}
