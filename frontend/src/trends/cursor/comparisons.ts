import type { AsOf } from "../../api/types";
import { formatDuration, formatMoment } from "../../format";
import { covers, readAt } from "../../series/view";
import type { AtCursor, SeriesView } from "../../series/view";
import type { Trace } from "../lanes";
import { shiftName } from "../options";
import type { Shift } from "../options";
import { texts } from "../texts";
import { useExact } from "../useExact";

/** Another moment that the values at the cursor are compared with. */
export interface Comparison {
  key: "reference" | "earlier";
  /** In the table, before each value. */
  label: string;
  /** In a line above the table. */
  title: string;
  read: (trace: Trace) => AtCursor | null;
}

/** The value shown: the exact one where it is known, and none in a gap, whatever came before it. */
export function valueAt(drawn: AtCursor | null, exact: AsOf | undefined): AtCursor | null {
  return drawn && exact && exact.v !== null && exact.t !== null ? { t: exact.t, value: exact.v } : drawn;
}

/** The value at a reference, which may be outside of what is in view: there the exact value, or none. */
export function valueAtReference(series: SeriesView | undefined, t: number, exact: AsOf | undefined): AtCursor | null {
  if (!series) return null;
  if (covers(series, t)) return valueAt(readAt(series, t), exact);
  return exact && !exact.stale && exact.v !== null && exact.t !== null ? { t: exact.t, value: exact.v } : null;
}

export interface Compared {
  reference: number | null;
  compare: Shift | null;
  /** `compare` in ms, in this range. */
  shift: number;
}

const NONE: Trace[] = [];

/** The second cursor, and the same moment of the range that is compared, as far as there are any. */
export function useComparisons(traces: Trace[], t: number, zone: string, compared: Compared): Comparison[] {
  const { reference, compare, shift } = compared;
  const atReference = useExact(reference === null ? NONE : traces, reference ?? t, true);
  const before = compare ? traces.map((each) => ({ ...each, series: each.earlier })) : NONE;
  const atEarlier = useExact(before, t - shift);
  const found: Comparison[] = [];
  if (reference !== null) {
    const apart = `${t < reference ? "\u2212" : ""}${formatDuration(Math.abs(t - reference))}`;
    found.push({
      key: "reference",
      label: texts.atReference,
      title: texts.referenceLine(formatMoment(reference, zone), apart),
      read: ({ series, sensor }) => valueAtReference(series, reference, atReference.get(sensor.id)),
    });
  }
  if (compare) {
    found.push({
      key: "earlier",
      label: shiftName(compare),
      title: texts.earlierLine(shiftName(compare), formatMoment(t - shift, zone)),
      read: ({ earlier, sensor }) => {
        const drawn = earlier ? readAt(earlier, t) : null;
        return valueAt(drawn && { ...drawn, t: drawn.t - shift }, atEarlier.get(sensor.id));
      },
    });
  }
  return found;
}

/** How much more a value is than another one; null unless both are numbers. */
export function difference(value: AtCursor | null, other: AtCursor | null): number | null {
  if (typeof value?.value !== "number" || typeof other?.value !== "number") return null;
  return value.value - other.value;
}
