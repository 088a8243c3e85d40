import type { Figure, NewDefinition } from "./data";

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
  sensors: [],
  figure: "",
  of: null,
  lowest: false,
};

/** A number as typed; null if there is none, NaN if it is not one. */
export const numberOf = (text: string): number | null => (text.trim() === "" ? null : Number(text.replace(",", ".")));

/** The fields that are wrong. */
export function wrongFields(draft: Draft): (keyof Draft)[] {
  const wrong: (keyof Draft)[] = [];
  if (!draft.name.trim()) wrong.push("name");
  if ((draft.by === "state" || draft.by === "threshold") && !draft.sensor) wrong.push("sensor");
  if (draft.by === "state" && draft.states.length === 0) wrong.push("states");
  if (draft.by === "threshold" && numberOf(draft.above) === null && numberOf(draft.below) === null) wrong.push("above");
  if (draft.by === "event" && !draft.startEvent.trim()) wrong.push("startEvent");
  if (draft.by === "event" && !draft.endEvent.trim()) wrong.push("endEvent");
  for (const name of ["above", "below", "minDuration", "maxGap"] as const) {
    if (Number.isNaN(numberOf(draft[name]))) wrong.push(name);
  }
  if (draft.figure && draft.figure !== "duration" && !draft.of) wrong.push("of");
  return wrong;
}

const MINUTE_S = 60;

export function definitionOf(site: string, draft: Draft): NewDefinition {
  const seconds = (text: string) => (numberOf(text) ?? 0) * MINUTE_S;
  const none = { above: null, below: null, states: null, start_event: null, end_event: null, device: null };
  const rule: NewDefinition["rule"] = { by: draft.by, sensor: null, ...none };
  if (draft.by === "state") Object.assign(rule, { sensor: draft.sensor, states: draft.states });
  if (draft.by === "threshold") {
    Object.assign(rule, { sensor: draft.sensor, above: numberOf(draft.above), below: numberOf(draft.below) });
  }
  if (draft.by === "event") {
    Object.assign(rule, { start_event: draft.startEvent.trim(), end_event: draft.endEvent.trim() });
  }
  const sensors = draft.of && !draft.sensors.includes(draft.of) ? [...draft.sensors, draft.of] : draft.sensors;
  const best = draft.figure
    ? { figure: draft.figure, lowest: draft.lowest, sensor: draft.figure === "duration" ? null : draft.of }
    : null;
  return {
    site,
    name: draft.name.trim(),
    rule,
    min_duration_s: seconds(draft.minDuration),
    max_gap_s: seconds(draft.maxGap),
    sensors,
    best,
    description: "",
  };
}
