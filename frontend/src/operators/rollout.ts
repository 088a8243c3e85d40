import { formatDuration } from "../format";
import { texts } from "./texts";

type Counts = Record<string, number>;

const COMPLETE = ["done", "left out"];
const SAYS: [string, string][] = [
  ["failed", "failed"],
  ["upgrading", "upgrading"],
  ["checking", texts.checking],
  ["soaking", texts.soaking],
  ["returning", texts.rollingBack],
  ["returned", texts.rolledBack],
  ["left out", texts.leftOut],
];
export const RING_ORDER = ["canary", "early", "all"];

export interface RingProgress {
  complete: number;
  returned: number;
  busy: number;
  failed: number;
  total: number;
}

export function progressOf(states: Counts): RingProgress {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return {
    complete: of(...COMPLETE),
    returned: of("returned"),
    busy: of("upgrading", "checking", "soaking", "returning"),
    failed: of("failed"),
    total: of(...Object.keys(states)),
  };
}

/** One line below a ring's bar: what happens in it, or what it waits for. */
export function ringLine(ring: string, states: Counts, rollout: { state: string; ring: string }): string {
  const { complete, returned, total, busy, failed } = progressOf(states);
  const parts = SAYS.filter(([name]) => states[name]).map(([name, says]) => `${states[name]} ${says}`);
  if (complete + returned === total && !busy) return [...(complete ? [texts.complete] : []), ...parts].join(" · ");
  const ahead = RING_ORDER.indexOf(ring) > RING_ORDER.indexOf(rollout.ring);
  if (parts.length === 0 || (!busy && !failed)) {
    if (ahead) parts.push(texts.waiting(rollout.ring));
    else if (rollout.state === "paused") parts.push(texts.paused);
    else if (rollout.state === "stopped") parts.push("stopped");
    else parts.push(texts.starting);
  }
  return parts.join(" · ");
}

/** The health gate in a line. */
export function gateLine(gate: Counts): string {
  const time = (name: string) => formatDuration((gate[name] ?? 0) * 1000);
  return [
    texts.concurrent(gate.concurrency),
    texts.healthyWithin(time("healthy_within_s"), gate.soak_s ? time("soak_s") : ""),
    texts.ingestDelayMost(time("max_lag_s")),
    texts.testQuerySucceeds,
  ].join(" · ");
}

const OF_A_TENANT: Record<string, string> = {
  upgrading: texts.upgradeStarted,
  checking: "upgraded",
  soaking: "healthy",
  done: texts.complete,
  returning: texts.rollingBackInline,
  returned: texts.rolledBack,
  "roll back": texts.rollbackRequested,
};

/** What happened: to one tenant, or to the roll-out as a whole. */
export function eventLine({ what, tenant, ring }: { what: string; tenant: string; ring: string }): string {
  if (tenant) return `${tenant}: ${OF_A_TENANT[what] ?? what}`;
  if (what === "ring") return texts.ringStarted(ring);
  return what === "roll back" ? texts.rolledBack2 : texts.rollOut(what);
}
