import type { Trigger, TriggerKind } from "./api";
import { texts } from "./texts";

export interface Field {
  name: string;
  label: string;
  hint?: string;
  type: "number" | "window" | "text" | "choice" | "list" | "sensor" | "number or sensor" | "yes" | "area";
  choices?: Readonly<Record<string, string>>;
  /** Shown behind a number; "unit" is that of the sensor. */
  unit?: "s" | "unit" | "";
  optional?: boolean;
  min?: number;
}

const DEADBAND: Field = {
  name: "deadband",
  label: texts.deadband,
  hint: texts.deadbandHint,
  type: "number",
  unit: "unit",
  min: 0,
  optional: true,
};
const WITHIN: Field = { name: "window_s", label: texts.withinTime, type: "number", unit: "s", min: 1 };

/** The fields of each kind of trigger, in the order of the form. */
export const FIELDS: Record<TriggerKind, readonly Field[]> = {
  limit: [
    { name: "side", label: texts.side, type: "choice", choices: texts.limitSides },
    { name: "limit", label: texts.limit, type: "number", unit: "unit" },
    DEADBAND,
    { name: "window_s", label: texts.limitWindow, hint: texts.limitWindowHint, type: "window", optional: true },
    { name: "statistic", label: texts.statistic, type: "choice", choices: texts.statistics, optional: true },
    { name: "level", label: texts.level, hint: texts.levelHint, type: "text", optional: true },
  ],
  deviation: [
    { name: "set_point", label: texts.setPoint, hint: texts.setPointHint, type: "number or sensor" },
    { name: "limit", label: texts.deviationLimit, type: "number", unit: "unit", min: 0 },
    { name: "side", label: texts.side, type: "choice", choices: texts.deviationSides },
    DEADBAND,
  ],
  rate: [
    { name: "limit", label: texts.rateLimit, type: "number", unit: "unit", min: 0 },
    WITHIN,
    { name: "side", label: texts.side, type: "choice", choices: texts.rateSides },
  ],
  state: [{ name: "states", label: texts.states, hint: texts.statesHint, type: "list" }],
  discrepancy: [
    { name: "command", label: texts.command, hint: texts.commandHint, type: "sensor" },
    { name: "within_s", label: texts.followsWithin, type: "number", unit: "s", min: 1 },
    { name: "tolerance", label: texts.tolerance, type: "number", unit: "unit", min: 0, optional: true },
  ],
  stale: [{ name: "after_s", label: texts.staleAfter, type: "number", unit: "s", min: 1 }],
  frozen: [
    { name: "after_s", label: texts.frozenAfter, type: "number", unit: "s", min: 1 },
    { name: "within", label: texts.frozenWithin, type: "number", unit: "unit", min: 0, optional: true },
  ],
  out_of_range: [{ name: "quality", label: texts.alsoBadQuality, type: "yes" }],
  event_count: [
    { name: "event_type", label: texts.eventType, type: "text" },
    { name: "count", label: texts.eventCount, type: "number", unit: "", min: 1 },
    WITHIN,
  ],
  expression: [{ name: "expression", label: texts.expression, hint: texts.expressionHint, type: "area" }],
};

export const KINDS = Object.keys(FIELDS) as TriggerKind[];

/** A trigger as it is before somebody has filled in the form; numbers that must be given are missing. */
export function newTrigger(kind: TriggerKind): Trigger {
  const made: Record<TriggerKind, object> = {
    limit: { side: "high", deadband: 0, level: "", window_s: null, statistic: "mean" },
    deviation: { set_point: "", side: "both", deadband: 0 },
    rate: { window_s: 600, side: "both" },
    state: { states: [] },
    discrepancy: { command: "", within_s: 30, tolerance: 0 },
    stale: { after_s: 900 },
    frozen: { after_s: 3600, within: 0 },
    out_of_range: { quality: true },
    event_count: { event_type: "", count: 3, window_s: 3600 },
    expression: { expression: "" },
  };
  return { kind, ...made[kind] } as Trigger;
}

/** The labels of fields that still have to be filled in. */
export function missingIn(trigger: Trigger): string[] {
  const values = trigger as unknown as Record<string, unknown>;
  return FIELDS[trigger.kind]
    .filter(({ optional, type, name }) => {
      const value = values[name];
      if (optional || type === "yes") return false;
      if (type === "list") return !(Array.isArray(value) && value.length > 0);
      return value === undefined || value === null || value === "" || (type === "number" && Number.isNaN(value));
    })
    .map((field) => field.label);
}

/** States are numbers where they look like it: a discrete sensor's. */
export const stateValue = (text: string): number | string => {
  const trimmed = text.trim();
  return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
};
