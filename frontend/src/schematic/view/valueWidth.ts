import type { Sensor } from "../../api/types";
import { formatValue } from "../../format";

/** Widths in em, of the semibold font with tabular figures. */
const FIGURE = 0.66;
const POINT = 0.34;
/** Three figures: most values have them. */
const MIN = 2.3;

/** The width of a number's text, em; rather too large than too small. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter === "." || letter === "," || letter === "·" ? POINT : FIGURE;
  return Math.max(MIN, width);
}

/** What the values of a sensor's range need. */
export function roomFor(sensor: Sensor | undefined): number {
  const ends = sensor?.range ?? [];
  return Math.max(MIN, ...ends.map((end) => widthOf(formatValue(end, sensor!.unit, sensor, true))));
}
