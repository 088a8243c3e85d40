import { durationName } from "../../format";
import type { Active, Match, Route, RouteContent, Step, WeeklyTimes } from "./api";
import { texts } from "./texts";

/** Names of what routes refer to by id. */
export interface Names {
  channel: (id: string) => string;
  person: (id: string) => string;
  plan: (id: string) => string;
  place: (id: string) => string;
  rule: (id: string) => string;
}

const MAX_NAMED = 4;

function named(ids: readonly string[], nameOf: (id: string) => string): string[] {
  const rest = ids.length - MAX_NAMED;
  return [...ids.slice(0, MAX_NAMED).map(nameOf), ...(rest > 0 ? [texts.more(rest)] : [])];
}

/** Which alarms: "Priority 1 and 2 in Cold store or AHU-3". */
export function matchWords(match: Match, names: Names): string {
  const { priorities = [], sites = [], areas = [], assets = [], rules = [] } = match;
  const words = [priorities.length > 0 ? texts.priorityWords(texts.and(priorities.map(String))) : texts.all];
  const places = [...sites, ...areas, ...assets];
  if (places.length > 0) words.push(texts.inPlaces(texts.or(named(places, names.place))));
  if (rules.length > 0) words.push(texts.ofRules(texts.or(named(rules, names.rule))));
  return words.join(" ");
}

export const timeWords = (seconds: number): string => durationName(seconds * 1_000);

/** When and whom a step tells: "After 10 min, unless acknowledged: Operations and Anna". */
export function stepWords(step: Step, names: Names): { when: string; who: string } {
  const { after_s = 0, channels = [], people = [], shifts = [] } = step;
  const who = [
    ...named(channels, names.channel),
    ...named(people, names.person),
    ...named(shifts, (id) => texts.onDuty(names.plan(id))),
  ];
  return { when: after_s === 0 ? texts.atOnce : texts.after(timeWords(after_s)), who: texts.and(who) || texts.nobody };
}

/** "Mon to Fri", "daily", "Tue, Thu". */
export function dayWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort();
  if (sorted.length === 7) return texts.daily;
  const name = (day: number) => texts.dayNames[day - 1]!;
  const isRange = sorted.length > 2 && sorted.at(-1)! - sorted[0]! === sorted.length - 1;
  return isRange ? texts.dayRange(name(sorted[0]!), name(sorted.at(-1)!)) : sorted.map(name).join(", ");
}

export const hoursWords = ({ days, from, to }: WeeklyTimes): string => texts.hours(dayWords(days), from, to);

function activeWords(active: Active, names: Names): string[] {
  switch (active.kind) {
    case "always":
      return [];
    case "weekly":
      return [texts.weekly(active.times.map(hoursWords).join("; "), active.zone)];
    case "shifts":
      return [texts.duringShifts(names.plan(active.plan))];
  }
}

/** What else a route says, in short phrases. */
export function extraWords(route: RouteContent, names: Names): string[] {
  const { on = ["raised"], active = { kind: "always" }, digest, quiet, repeat_s, stop } = route;
  const words = activeWords(active, names);
  if (on.includes("returned")) words.push(on.includes("raised") ? texts.alsoReturned : texts.onlyReturned);
  if (digest?.every_s) words.push(texts.digestEvery(timeWords(digest.every_s)));
  else if (digest?.at) words.push(texts.digestAt(digest.at));
  if (quiet) {
    const exempt = quiet.exempt.map(String);
    words.push(
      exempt.length > 0
        ? texts.quietExcept(quiet.from, quiet.to, texts.and(exempt))
        : texts.quiet(quiet.from, quiet.to),
    );
  }
  if (repeat_s) words.push(texts.repeats(timeWords(repeat_s)));
  if (stop) words.push(texts.stops);
  return words;
}

/** In the order in which they are looked at. */
export const inOrder = (routes: readonly Route[]): Route[] =>
  [...routes].sort((a, b) => a.order - b.order || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));

/** All in the order after one of them was moved by one. */
export function moved(routes: readonly Route[], id: string, by: -1 | 1): Route[] {
  const list = inOrder(routes);
  const index = list.findIndex((each) => each.id === id);
  const other = index + by;
  if (index < 0 || other < 0 || other >= list.length) return list;
  [list[index], list[other]] = [list[other]!, list[index]!];
  return list;
}
