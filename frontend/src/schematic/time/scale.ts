import type { TimeWindow } from "../core/window";

/** Heights within the time bar's drawing, in pixels from its top. */
export const HEIGHT = 92;
export const TREND = { top: 20, height: 30 };
export const ALARMS_TOP = 51;
export const CHANGES = { top: 58, height: 6 };
export const AXIS = 66;

/** The window and where it is drawn. */
export interface Scale extends TimeWindow {
  left: number;
  width: number;
}

export const xOf = (scale: Scale, at: number): number =>
  scale.left + ((at - scale.start) / (scale.end - scale.start)) * scale.width;
