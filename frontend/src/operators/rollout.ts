import { formatDuration } from "../format";
import { texts } from "./texts";

type Counts = Record<string, number>;

const COMPLETE = ["done", "left out"];
const STATE_TEXTS: [string, string][] = [
  ["failed", texts.failedShort],
  ["upgrading", texts.upgrading],
  ["checking", texts.checking],
  ["soaking", texts.soaking],
  ["returning", texts.rollingBack],
  ["returned", texts.rolledBack],
  ["left out", texts.excluded],
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

/** The line below a ring's bar: what is in progress, or what it waits for. */
export function ringLine(ring: string, states: Counts, rollout: { state: string; ring: string }): string {
  const { complete, returned, total, busy, failed } = progressOf(states);
  const parts = STATE_TEXTS.filter(([name]) => states[name]).map(([name, text]) => `${states[name]} ${text}`);
  if (complete + returned === total && !busy) return [...(complete ? [texts.complete] : []), ...parts].join(" · ");
  const ahead = RING_ORDER.indexOf(ring) > RING_ORDER.indexOf(rollout.ring);
  if (parts.length === 0 || (!busy && !failed)) {
    if (ahead) parts.push(texts.waiting(rollout.ring));
    else if (rollout.state === "paused") parts.push(texts.paused);
    else if (rollout.state === "stopped") parts.push(texts.stoppedShort);
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
    texts.maxIngestDelay(time("max_lag_s")),
    texts.testQuery,
  ].join(" · ");
}

const TENANT_EVENTS: Record<string, string> = {
  upgrading: texts.upgradeStarted,
  checking: texts.upgraded,
  soaking: texts.healthy,
  done: texts.complete,
  returning: texts.rollingBack,
  returned: texts.rolledBack,
  "roll back": texts.rollbackRequested,
  "left out": texts.excluded,
};

/** An event of one tenant, or of the roll-out as a whole. */
export function eventLine({ what, tenant, ring }: { what: string; tenant: string; ring: string }): string {
  if (tenant) return `${tenant}: ${TENANT_EVENTS[what] ?? what}`;
  if (what === "ring") return texts.ringStarted(ring);
  return what === "roll back" ? texts.rolledBackEvent : texts.rollOutEvent(what);
}
