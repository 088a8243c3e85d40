import type { SavedView } from "../api/types";
import { parseInstant } from "../format";
import { STICKY } from "../moment";
import { writeSlots } from "../series/slots";

type Trend = SavedView["trend"];
type Changes = Record<string, string | number | null>;

const RANGE = ["range", "start", "end"];
/** What belongs to one person's reading of a trend, not to the view. */
const PASSING = ["view", "c", "pane", "note", "asset"];
const APART = new Set([...STICKY, ...RANGE, ...PASSING, "sensors"]);
const OPTION = /^[a-z][a-z0-9_]{0,19}$/;
const MAX_OPTION = 1000;

/** The page's state in its address, as it is saved. `sensors`: the ids by slot. */
export function trendOf(params: URLSearchParams, sensors: (string | null)[]): Trend {
  const [start, end] = [parseInstant(params.get("start")), parseInstant(params.get("end"))];
  const fixed = start !== null && end !== null && end > start;
  const options: Record<string, string> = {};
  for (const [name, value] of params) {
    if (!APART.has(name) && OPTION.test(name) && value !== "" && value.length <= MAX_OPTION) options[name] = value;
  }
  return {
    sensors,
    range: fixed ? null : (params.get("range") ?? null),
    start: fixed ? start : null,
    end: fixed ? end : null,
    options,
  };
}

/** The parameters that show a view in place of what the page shows now. */
export function changesFor(view: SavedView, params: URLSearchParams): Changes {
  const changes: Changes = {};
  for (const name of params.keys()) if (!STICKY.includes(name)) changes[name] = null;
  const { sensors, range, start, end, options } = view.trend;
  return { ...changes, ...options, sensors: writeSlots(sensors), range, start, end, view: view.id };
}

/** Whether the page shows something else than the view. */
export function differs(a: Trend, b: Trend): boolean {
  const plain = ({ sensors, range, start, end, options }: Trend) =>
    JSON.stringify([writeSlots(sensors), range, start, end, Object.entries(options).sort()]);
  return plain(a) !== plain(b);
}
