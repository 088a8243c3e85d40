/** Which events are marked: types that are left out, and one device or all. */
export interface EventFilter {
  /** Null: all types. */
  types: string[] | null;
  device: string;
}

export const NO_EVENTS = "none";

/** As in an address: `events=door.opened,step`, `events=none`; nothing for all. */
export function readFilter(events: string | null, device: string | null): EventFilter {
  const types = events === null ? null : events === NO_EVENTS ? [] : events.split(",").filter(Boolean);
  return { types, device: device ?? "" };
}

export function writeTypes(types: readonly string[], all: readonly string[]): string | null {
  if (all.every((type) => types.includes(type))) return null;
  return types.length === 0 ? NO_EVENTS : [...types].sort().join(",");
}
