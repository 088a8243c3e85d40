import { formatMoment, parseMomentText } from "../format";
import type { NewCorrection } from "./api";
import { parseShift } from "./wording";
import type { Action } from "./wording";
import { texts } from "./texts";

export type Side = "before" | "after" | "between";

/** What a person has filled in. */
export interface Draft {
  action: Action;
  sensors: string[];
  side: Side;
  start: string;
  end: string;
  by: string;
}

export const draftOf = (sensors: string[], span: { start: number; end: number } | null, zone: string): Draft => ({
  action: "delete",
  sensors,
  side: "before",
  start: span ? formatMoment(span.start, zone) : "",
  end: span ? formatMoment(span.end, zone) : "",
  by: "",
});

export const hasStart = (draft: Draft) => draft.action !== "swap" || draft.side !== "before";
export const hasEnd = (draft: Draft) => draft.action !== "swap" || draft.side !== "after";

/** The preview to request, or what is still missing. */
export function requestOf(
  draft: Draft,
  zone: string,
  now: number,
): { request: NewCorrection | null; lacks: string | null } {
  const start = hasStart(draft) ? parseMomentText(draft.start, zone, now) : null;
  const end = hasEnd(draft) ? parseMomentText(draft.end, zone, now) : null;
  const by = draft.action === "shift" ? parseShift(draft.by) : null;
  const lacks =
    draft.action === "swap" && draft.sensors.length !== 2
      ? texts.selectTwoSensors
      : draft.sensors.length === 0
        ? texts.selectSensor
        : (hasStart(draft) && start === null) || (hasEnd(draft) && end === null)
          ? texts.enterTime
          : start !== null && end !== null && start >= end
            ? texts.endAfterStart
            : draft.action === "shift" && by === null
              ? texts.enterOffset
              : null;
  if (lacks) return { request: null, lacks };
  const request: NewCorrection = {
    action: draft.action,
    sensors: draft.sensors,
    start,
    end,
    by_ms: by,
    unit: null,
    dry_run: true,
  };
  return { request, lacks: null };
}
