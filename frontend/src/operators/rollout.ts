import { formatDuration } from "../format";

type Counts = Record<string, number>;

const THROUGH = ["done", "left out"];
const SAYS: [string, string][] = [
  ["failed", "failed"],
  ["upgrading", "upgrading"],
  ["checking", "being checked"],
  ["soaking", "proving healthy"],
  ["returning", "going back"],
  ["returned", "went back"],
  ["left out", "left out"],
];
export const RING_ORDER = ["canary", "early", "all"];

export interface RingProgress {
  through: number;
  returned: number;
  busy: number;
  failed: number;
  total: number;
}

export function progressOf(states: Counts): RingProgress {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return {
    through: of(...THROUGH),
    returned: of("returned"),
    busy: of("upgrading", "checking", "soaking", "returning"),
    failed: of("failed"),
    total: of(...Object.keys(states)),
  };
}

/** One line below a ring's bar: what happens in it, or what it waits for. */
export function ringLine(ring: string, states: Counts, rollout: { state: string; ring: string }): string {
  const { through, returned, total, busy, failed } = progressOf(states);
  const parts = SAYS.filter(([name]) => states[name]).map(([name, says]) => `${states[name]} ${says}`);
  if (through + returned === total && !busy) return [...(through ? ["through"] : []), ...parts].join(" · ");
  const ahead = RING_ORDER.indexOf(ring) > RING_ORDER.indexOf(rollout.ring);
  if (parts.length === 0 || (!busy && !failed)) {
    if (ahead) parts.push(`waits for ${rollout.ring}`);
    else if (rollout.state === "paused") parts.push("waits for your go");
    else if (rollout.state === "stopped") parts.push("stopped");
    else parts.push("about to begin");
  }
  return parts.join(" · ");
}

/** The health gate in a line. */
export function gateLine(gate: Counts): string {
  const time = (name: string) => formatDuration((gate[name] ?? 0) * 1000);
  return [
    `${gate.concurrency} at a time`,
    `healthy within ${time("healthy_within_s")}${gate.soak_s ? `, then for ${time("soak_s")}` : ""}`,
    `samples wait at most ${time("max_lag_s")}`,
    "a query is answered",
  ].join(" · ");
}

const OF_A_TENANT: Record<string, string> = {
  upgrading: "upgrade begins",
  checking: "upgraded",
  soaking: "healthy",
  done: "through",
  returning: "goes back",
  returned: "went back",
  "roll back": "is to go back",
};

/** What happened: to one tenant, or to the roll-out as a whole. */
export function eventLine({ what, tenant, ring }: { what: string; tenant: string; ring: string }): string {
  if (tenant) return `${tenant}: ${OF_A_TENANT[what] ?? what}`;
  if (what === "ring") return `Ring ${ring} begins`;
  return what === "roll back" ? "Rolled back" : `Roll-out ${what}`;
}
