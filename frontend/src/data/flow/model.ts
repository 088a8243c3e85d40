/** What the picture shows, from the figures of the server. Pure. */
import type { Flow, LadderStatus } from "../../api/types";
import { formatAge, formatCount, formatNumber } from "../../format";
import { texts } from "./texts";

/** good: samples pass; idle: nothing to do; slow: later than usual; bad: samples are rejected or stuck. */
export type Health = "good" | "idle" | "slow" | "bad";

export interface Stage {
  id: string;
  title: string;
  detail: string;
  health: Health;
  /** One number for each step; absent where a stage has no history. */
  trend?: number[];
  /** 0 to 1, of a limit. */
  filled?: number;
  /** What it rejects becomes dead letters. */
  rejecting?: boolean;
}

export interface Picture {
  sources: Stage[];
  queue: Stage;
  writer: Stage;
  database: Stage;
  ladder: Stage;
  letters: Stage;
  /** Samples a second, by source id and in total, over the last minute. */
  rates: Map<string, number>;
  rate: number;
  lagMs: number | null;
}

const SLOW_MS = 5_000;
const STUCK_MS = 15_000;
export const NEAR_LIMIT = 0.9;
const RATE_WINDOW_MS = 60_000;

/** Sources whose arrivals rules can tell apart. */
export const SOURCE_NAMES = Object.keys(texts.endpointsOf);

export const sourceName = (name: string): string => texts.sources[name] ?? name;

export const titleOf = (source: Flow["sources"][number]): string => source.name || sourceName(source.kind);

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Per second, over the last minute of complete steps; the current step has only begun. */
export function rateOf(numbers: readonly number[], stepMs: number): number {
  const steps = Math.max(1, Math.round(RATE_WINDOW_MS / stepMs));
  const over = numbers.slice(-steps - 1, -1);
  return over.length ? (sum(over) / (over.length * stepMs)) * 1000 : 0;
}

export const formatRate = (rate: number): string =>
  rate >= 100 ? formatCount(Math.round(rate)) : formatNumber(rate, rate >= 10 ? 0 : 1);

export const formatLag = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}\u2009ms` : formatAge(ms));

/** `now`: the figures of the last 15 minutes; `flow`: those of the chosen span, for the trends. */
export function pictureOf(now: Flow, flow: Flow, ladder: LadderStatus | undefined, databaseUp: boolean): Picture {
  const rates = new Map(now.sources.map((source) => [source.id, rateOf(source.accepted, now.step_ms)]));
  const batches = sum(now.writer.batches.slice(-7));
  const lagMs = batches ? sum(now.writer.lag_ms.slice(-7)) / batches : null;
  return {
    sources: flow.sources.map((source) => sourceStage(source, now, rates.get(source.id) ?? 0)),
    queue: queueStage(now),
    writer: writerStage(now, flow, lagMs),
    database: databaseStage(now, databaseUp),
    ladder: ladderStage(ladder),
    letters: letterStage(now),
    rates,
    rate: sum([...rates.values()]),
    lagMs,
  };
}

function sourceStage(source: Flow["sources"][number], now: Flow, rate: number): Stage {
  const recent = now.sources.find((each) => each.id === source.id);
  const paused = recent?.paused ?? source.paused;
  const lately = (numbers: number[] | undefined) => sum(numbers?.slice(-7) ?? []);
  const turning = lately(recent?.turned_away) > 0;
  const rejecting = lately(recent?.rejected) > 0;
  const away = sum(source.turned_away);
  const turnedAway = (paused ? away > 0 : turning) ? [texts.turnedAwayCount(formatCount(away))] : [];
  const parts = paused
    ? [texts.pausedFor(formatAge(now.at - paused.since)), ...turnedAway]
    : [...turnedAway, ...arrivalsOf(source, now, rate)];
  if (!parts.length) parts.push(texts.nothingYet);
  return {
    id: source.id,
    title: titleOf(source),
    detail: parts.join(" · "),
    rejecting,
    health: rejecting || (turning && !paused) || paused?.reason ? "bad" : paused ? "slow" : rate > 0 ? "good" : "idle",
    trend: source.accepted,
  };
}

/** None if nothing has arrived yet. */
function arrivalsOf(source: Flow["sources"][number], now: Flow, rate: number): string[] {
  if (source.last === null) return [];
  const latest = rate > 0 ? texts.perSecond(formatRate(rate)) : texts.lastArrival(formatAge(now.at - source.last));
  return [texts.senders(source.senders), latest];
}

const waitedMs = (flow: Flow): number => (flow.queue.oldest === null ? 0 : Math.max(0, flow.at - flow.queue.oldest));

function queueStage(now: Flow): Stage {
  const { waiting, limit } = now.queue;
  const waited = waitedMs(now);
  const filled = limit ? Math.min(1, waiting / limit) : 1;
  return {
    id: "queue",
    title: texts.queue,
    detail: waiting ? texts.queued(formatCount(waiting), formatAge(waited)) : texts.queueEmpty,
    health: filled >= 0.5 || waited > STUCK_MS ? "bad" : waited > SLOW_MS ? "slow" : waiting ? "good" : "idle",
    filled,
  };
}

function writerStage(now: Flow, flow: Flow, lagMs: number | null): Stage {
  const rate = rateOf(now.writer.stored, now.step_ms);
  const stuck = waitedMs(now) > STUCK_MS;
  const slow = lagMs !== null && lagMs > SLOW_MS;
  return {
    id: "writer",
    title: texts.writer,
    detail: stuck
      ? texts.writerStuck
      : rate > 0 && lagMs !== null
        ? texts.writerRate(formatRate(rate), formatLag(lagMs))
        : texts.writerIdle,
    health: stuck ? "bad" : slow ? "slow" : rate > 0 ? "good" : "idle",
    trend: flow.writer.stored,
  };
}

function databaseStage(now: Flow, up: boolean): Stage {
  const { known, limit } = now.sensors;
  const filled = limit ? Math.min(1, known / limit) : 1;
  return {
    id: "database",
    title: texts.database,
    detail: up ? texts.databaseUp(formatCount(known), formatCount(limit)) : texts.databaseDown,
    health: up ? (filled >= NEAR_LIMIT ? "slow" : "good") : "bad",
    filled,
  };
}

function ladderStage(ladder: LadderStatus | undefined): Stage {
  const stage = { id: "ladder", title: texts.ladder };
  if (!ladder) return { ...stage, detail: "", health: "idle" };
  if (ladder.complete) return { ...stage, detail: texts.ladderComplete, health: "good" };
  if (ladder.behind) {
    const days = ladder.behind_days ? formatCount(Math.ceil(ladder.behind_days)) : null;
    return { ...stage, detail: texts.ladderBehind(formatCount(ladder.behind), days), health: "slow" };
  }
  return { ...stage, detail: texts.ladderDue(formatCount(ladder.due)), health: "good" };
}

function letterStage(now: Flow): Stage {
  const { kept, limit } = now.letters;
  return {
    id: "letters",
    title: texts.letters,
    detail: kept ? texts.keptLetters(formatCount(kept), formatCount(limit)) : texts.noLetters,
    health: kept ? "bad" : "idle",
    filled: kept && limit ? Math.min(1, kept / limit) : undefined,
  };
}

export interface Finding {
  id: string;
  level: 2 | 3;
  what: string;
  why: string;
  /** Where it can be dealt with. */
  at?: "letters" | "unmapped";
  stage?: string;
}

/**
 * What somebody should look at, worst first. `span` as text; `newest`: the newest letter's reason, if known; `growth`:
 * what the server says of the number of series.
 */
export function findingsOf(
  now: Flow,
  flow: Flow,
  span: string,
  newest: string | undefined,
  growth: string | undefined,
): Finding[] {
  const found: Finding[] = [];
  const stored = newest ? `${newest} · ${texts.restStored}` : texts.restStored;
  for (const source of flow.sources) {
    const count = sum(source.rejected);
    const what = texts.rejected(titleOf(source), formatCount(count), span);
    if (count) found.push({ id: `rejected-${source.id}`, level: 2, what, why: stored, at: "letters" });
  }
  for (const source of now.sources) {
    const { id, paused, last_error } = source;
    if (paused)
      found.push({
        id: `paused-${id}`,
        level: paused.reason ? 2 : 3,
        what: paused.reason ? texts.stopped(titleOf(source)) : texts.paused(titleOf(source), paused.by),
        why: paused.reason ? texts.stoppedWhy(paused.reason) : texts.pausedWhy,
        stage: id,
      });
    else if (sum(source.turned_away) && last_error)
      found.push({
        id: `turned-away-${id}`,
        level: 2,
        what: texts.retrying(titleOf(source), formatCount(sum(source.turned_away))),
        why: texts.retryingWhy(last_error.reason),
        stage: id,
      });
  }
  const refused = sum(flow.writer.rejected);
  if (refused)
    found.push({
      id: "writer",
      level: 2,
      what: texts.refusedByDatabase(formatCount(refused), span),
      why: stored,
      at: "letters",
    });
  if (waitedMs(now) > SLOW_MS) {
    const level = waitedMs(now) > STUCK_MS ? 2 : 3;
    found.push({ id: "queue", level, what: texts.queueLags(formatAge(waitedMs(now))), why: texts.queueLagsWhy });
  }
  if (growth) {
    const level = now.sensors.known >= now.sensors.limit ? 2 : 3;
    found.push({ id: "series", level, what: texts.seriesNearLimit, why: growth });
  }
  const { unmapped } = now.sensors;
  if (unmapped)
    found.push({
      id: "unmapped",
      level: 3,
      what: texts.unmapped(unmapped, formatCount(unmapped)),
      why: texts.unmappedWhy,
      at: "unmapped",
    });
  if (now.letters.kept && now.letters.kept >= now.letters.limit)
    found.push({ id: "full", level: 3, what: texts.lettersFull, why: texts.lettersFullWhy, at: "letters" });
  return found.sort((a, b) => a.level - b.level);
}
