import type { Backtest } from "./api";

export interface Lane {
  key: string;
  name: string;
  count: number;
  bars: { start: number; end: number; open: boolean; value: number | string | null }[];
}

/** Of those with the most occurrences, one lane each, and of all the others one together. */
export function lanesOf({ occurrences, targets, end }: Backtest, max = 8): Lane[] {
  const named = new Map(targets.map(({ target, count }) => [target.id, { name: target.tag || target.name, count }]));
  const lanes = new Map<string, Lane>();
  for (const { key, raised, returned, value } of occurrences) {
    const id = key.slice(key.indexOf(":") + 1);
    const known = named.get(id);
    const lane = lanes.get(key) ?? { key, name: known?.name ?? id, count: known?.count ?? 0, bars: [] };
    lane.bars.push({ start: raised, end: returned ?? end, open: returned === null, value });
    if (!known) lane.count = lane.bars.length;
    lanes.set(key, lane);
  }
  const sorted = [...lanes.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  const rest = sorted.slice(max);
  if (rest.length === 0) return sorted;
  const others: Lane = {
    key: "",
    name: "",
    count: rest.reduce((sum, lane) => sum + lane.count, 0),
    bars: rest.flatMap((lane) => lane.bars),
  };
  return [...sorted.slice(0, max), others];
}
