import type { Condition, Priority, What } from "./types";

/** Every text of this folder, by the file that shows it. */
export const texts = {
  // PriorityMark.tsx
  priority: (priority: Priority) => `Priority ${priority}`,
  // words.ts
  conditions: {
    normal: "Normal",
    unacknowledged: "Unacknowledged",
    acknowledged: "Acknowledged",
    returned: "Returned, unacknowledged",
    latched: "Latched",
  } satisfies Record<Condition, string>,
  outOfService: "Out of service",
  shelved: "Shelved",
  suppressed: "Suppressed",
  byPerson: (person: string, time: string) => `${person}, ${time}`,
  returnedAt: (time: string) => `since ${time}`,
  awaitsReset: "awaiting reset",
  shelvedUntil: (until: string) => `until ${until}`,
  suppressedBy: {
    maintenance: "during maintenance",
    maintenanceCase: (number: string) => `during maintenance, case #${number}`,
    alarm: "by another alarm",
    plant: "by the plant's state",
    other: (why: string) => `by ${why}`,
  },
  whats: {
    raised: "raised",
    returned: "returned to normal",
    acknowledged: "acknowledged",
    reset: "reset",
    shelved: "shelved",
    unshelved: "unshelved",
    suppressed: "suppressed",
    released: "released from suppression",
    out_of_service: "taken out of service",
    in_service: "returned to service",
    disabled: "disabled with its rule",
    note: "note",
    notified: "notified",
    notification_failed: "notification failed",
  } satisfies Record<What, string>,
  // Ribbon.tsx
  more: (count: number) => `… and ${count} more`,
  still: "still active",
  line: (name: string, tag: string, from: string, to: string) => `${tag} ${name}: ${from} to ${to}`,
  tooMany: "Too many alarms in this range: the oldest are not marked.",
  unavailable: "Alarms cannot be read.",
};
