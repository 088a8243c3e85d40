import type { Alarm } from "../../alarmData";

/** The alarms that led to it, nearest first, as far as they are listed. */
export function chainOf(alarm: Alarm, alarms: readonly Alarm[]): Alarm[] {
  const byKey = new Map(alarms.map((each) => [each.key, each]));
  const chain: Alarm[] = [];
  for (let here = alarm; here.cause;) {
    const cause = byKey.get(here.cause.key);
    if (!cause || cause.key === alarm.key || chain.includes(cause)) break;
    chain.push(cause);
    here = cause;
  }
  return chain;
}

/** Those which name it as their cause, directly or not, in the order in which they were raised. */
export function consequencesOf(alarm: Alarm, alarms: readonly Alarm[]): Alarm[] {
  const under = new Map<string, Alarm[]>();
  for (const each of alarms) {
    if (each.cause) under.set(each.cause.key, [...(under.get(each.cause.key) ?? []), each]);
  }
  const found = new Set<Alarm>();
  const open = [alarm.key];
  while (open.length > 0) {
    for (const each of under.get(open.pop()!) ?? []) {
      if (each.key === alarm.key || found.has(each)) continue;
      found.add(each);
      open.push(each.key);
    }
  }
  return [...found].sort((a, b) => (a.raised ?? 0) - (b.raised ?? 0));
}
