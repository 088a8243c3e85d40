import type { Command, State } from "./api";

/** Every text of this folder, by the file that shows it. */
export const texts = {
  // index.tsx
  intro: "Everything that sends heartbeats or events under its own name.",
  devices: "Devices",
  filter: "Filter by name or firmware",
  state: "State",
  all: "All",
  count: (count: string, maximum: string) => `${count} of at most ${maximum}`,
  none: "No devices yet",
  noneWhy: "A device appears here with its first heartbeat, or with its first event:",
  noneToken: "TOKEN is an API token with the scope ingest. Or add a device here and create a token of its own.",
  noMatch: "No device matches this filter.",
  name: "Device",
  lastHeard: "Last heard",
  firmware: "Firmware",
  configuration: "Configuration",
  interval: "Interval",
  never: "never",
  gone: "This device is no longer registered.",
  add: "Add device",
  // Add.tsx
  nameHint: "The name that it uses in its heartbeats and events.",
  note: "Note",
  // Device.tsx
  asset: "Asset",
  reported: "Reported",
  registered: "Registered",
  by: { hand: "by hand", heartbeat: "by a heartbeat", event: "by an event" },
  id: "Id",
  every: (duration: string) => `every ${duration}`,
  token: "Device token",
  tokenWhy: "With it the device can send only as itself, and fetch its commands.",
  makeToken: "Create token",
  tokenNote: "Copy it now: it is not shown again. It is valid for a year.",
  remove: "Remove device",
  removeSure: (name: string) => `Remove ${name}?`,
  removeWhy: "Its tokens are revoked and its commands dropped. What it sent is kept.",
  removeButton: "Remove",
  // Commands.tsx
  commands: "Commands",
  noCommands: "None sent yet.",
  cancel: "Cancel",
  ranUnknown: "fetched, but not acknowledged in time: outcome unknown",
  lateBy: (outcome: string) => `acknowledged too late: ${outcome}`,
  neverTaken: "never taken",
  expiresIn: (duration: string) => `expires in ${duration}`,
  sentBy: (author: string) => `by ${author}`,
  // SendCommand.tsx
  command: "Command",
  other: "Other…",
  kind: "Name of the command",
  kindHint: "Lower-case letters, digits and hyphens, as the device understands it.",
  parameters: "Parameters (JSON object)",
  configurationJson: "Configuration (JSON)",
  newFirmware: "Firmware to install",
  notJson: "This is not JSON.",
  notObject: 'This must be a JSON object, such as {"rate": 5}.',
  expires: "Expires after",
  send: "Send",
} as const;

export const STATES: Record<State, string> = {
  online: "Online",
  late: "Late",
  offline: "Offline",
  unseen: "Never heard",
};

export const COMMAND_STATES: Record<Command["state"], string> = {
  queued: "Waiting",
  sent: "Taken",
  acknowledged: "Acknowledged",
  expired: "Expired",
  cancelled: "Cancelled",
};

export const OUTCOMES: Record<NonNullable<Command["outcome"]>, string> = {
  done: "Done",
  failed: "Failed",
  rejected: "Rejected",
};
