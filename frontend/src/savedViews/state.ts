import type { SavedView } from "../api/types";
import { parseInstant } from "../format";
import { STICKY } from "../moment";
import { writeSlots } from "../series/slots";
import { viewOptions, viewParams } from "../series/viewAddress";

type Trend = SavedView["trend"];
type Changes = Record<string, string | number | null>;

/** The page's state in its address, as it is saved. `sensors`: the ids by slot. */
export function trendOf(params: URLSearchParams, sensors: (string | null)[]): Trend {
  const [start, end] = [parseInstant(params.get("start")), parseInstant(params.get("end"))];
  const fixed = start !== null && end !== null && end > start;
  return {
    sensors,
    range: fixed ? null : (params.get("range") ?? null),
    start: fixed ? start : null,
    end: fixed ? end : null,
    options: viewOptions(params),
  };
}

/** The parameters that show a view in place of what the page shows now. */
export function changesFor(view: SavedView, params: URLSearchParams): Changes {
  const changes: Changes = {};
  for (const name of params.keys()) if (!STICKY.includes(name)) changes[name] = null;
  return { ...changes, ...viewParams(view) };
}

/** Whether the page shows something else than the view. */
export function differs(a: Trend, b: Trend): boolean {
  const plain = ({ sensors, range, start, end, options }: Trend) =>
    JSON.stringify([
      writeSlots(sensors),
      range,
      start,
      end,
      Object.entries(viewOptions(Object.entries(options))).sort(),
    ]);
  return plain(a) !== plain(b);
}
