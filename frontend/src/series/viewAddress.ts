import type { SavedView } from "../api/types";
import { STICKY } from "../moment";
import { writeSlots } from "./slots";

const RANGE = ["range", "start", "end"];
/** What belongs to one person's reading of a trend, not to the view. */
const PASSING = ["view", "c", "ref", "pane", "note", "asset"];
const APART = new Set([...STICKY, ...RANGE, ...PASSING, "sensors"]);
const OPTION = /^[a-z][a-z0-9_]{0,19}$/;
const MAX_OPTION = 1000;

/** The parameters that are options of a saved view. */
export function viewOptions(params: Iterable<[string, string]>): Record<string, string> {
  const options: Record<string, string> = {};
  for (const [name, value] of params) {
    if (!APART.has(name) && OPTION.test(name) && value !== "" && value.length <= MAX_OPTION) options[name] = value;
  }
  return options;
}

/** All parameters of a trends address that shows a view, beside site, moment and zone. */
export function viewParams({ id, trend }: SavedView): Record<string, string | number | null> {
  const { sensors, range, start, end, options } = trend;
  return { ...viewOptions(Object.entries(options)), sensors: writeSlots(sensors), range, start, end, view: id };
}
