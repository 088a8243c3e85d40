/** Every text of this folder, by the file that shows it. */
export const texts = {
  // EventFilter.tsx
  events: "Events",
  eventsOf: (shown: number, all: number) => `Events ${shown}/${all}`,
  types: "Types of events",
  all: "All",
  none: "None",
  device: "Device",
  anyDevice: "Any device",
  // marks.ts, EventMarks.tsx
  several: (count: number) => `${count} events`,
  more: (count: number) => `… and ${count} more`,
  from: (type: string, device: string) => `${type}, ${device}`,
  newestOnly: (count: number) => `Only the newest ${count} events of this range are marked.`,
  unavailable: "Events cannot be read.",
};
