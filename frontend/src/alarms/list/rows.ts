import type { Alarm } from "../../alarmData";

export interface Row {
  alarm: Alarm;
  /** 1: under its cause. */
  depth: 0 | 1;
  /** How many are under it. */
  consequences: number;
  open: boolean;
}

/** A cause with more than this many consequences shows them only when it is opened. */
const MAX_OPEN = 3;

/** The list as it is, or each alarm under the first cause of it that is listed, in the list's order. */
export function rowsOf(alarms: readonly Alarm[], grouped: boolean, flipped: ReadonlySet<string>): Row[] {
  if (!grouped) return alarms.map((alarm) => ({ alarm, depth: 0, consequences: 0, open: false }));
  const byKey = new Map(alarms.map((alarm) => [alarm.key, alarm]));
  const under = new Map<string, Alarm[]>();
  const roots: Alarm[] = [];
  for (const alarm of alarms) {
    const root = rootOf(alarm, byKey);
    if (root === alarm) roots.push(alarm);
    else under.set(root.key, [...(under.get(root.key) ?? []), alarm]);
  }
  return roots.flatMap((alarm): Row[] => {
    const consequences = under.get(alarm.key) ?? [];
    const open = consequences.length > 0 && consequences.length <= MAX_OPEN !== flipped.has(alarm.key);
    const head: Row = { alarm, depth: 0, consequences: consequences.length, open };
    if (!open) return [head];
    return [head, ...consequences.map((each): Row => ({ alarm: each, depth: 1, consequences: 0, open: false }))];
  });
}

function rootOf(alarm: Alarm, byKey: ReadonlyMap<string, Alarm>): Alarm {
  const seen = new Set<string>();
  let here = alarm;
  while (here.cause && !seen.has(here.key)) {
    seen.add(here.key);
    const cause = byKey.get(here.cause.key);
    if (!cause) return here;
    if (cause === alarm) return alarm; // two that name each other
    here = cause;
  }
  return here;
}

/** How many rows a step of the keyboard leads on; it stops at both ends. */
export function beside(rows: readonly Row[], key: string | null, step: 1 | -1): string | undefined {
  const at = rows.findIndex((row) => row.alarm.key === key);
  if (at < 0) return rows[step > 0 ? 0 : rows.length - 1]?.alarm.key;
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.alarm.key;
}
