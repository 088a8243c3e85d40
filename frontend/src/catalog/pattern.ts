import type { Sensor } from "../api/types";

/** As the server reads a pattern: `*` for any characters, `?` for one, in whatever case. */
export function isMatch(pattern: string, text: string): boolean {
  const [wanted, found] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, star, taken] = [0, -1, 0];
  for (let place = 0; place < found.length;) {
    if (wanted[at] === "*") [star, taken, at] = [at, place, at + 1];
    else if (wanted[at] === "?" || wanted[at] === found[place]) [at, place] = [at + 1, place + 1];
    else if (star < 0) return false;
    else [at, place, taken] = [star + 1, taken + 1, taken + 1]; // the last star takes one character more
  }
  return /^\**$/.test(wanted.slice(at));
}

/** Those whose tag or name matches. */
export const fitting = (sensors: readonly Sensor[], pattern: string): Sensor[] =>
  sensors.filter(({ tag, name }) => isMatch(pattern, tag) || isMatch(pattern, name));

/** The names of states, by value, that all of these sensors have alike. */
export function sharedStates(sensors: readonly Sensor[]): Record<string, string> {
  const states = Object.entries(sensors[0]?.states ?? {}).filter(([value, name]) =>
    sensors.every((sensor) => sensor.states?.[value] === name),
  );
  return Object.fromEntries(states);
}
