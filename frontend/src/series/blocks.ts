import type { SeriesView } from "./view";

export interface Block {
  from: number;
  to: number;
  value: number | string;
}

/** The spans in which a discrete signal had one value; a gap ends a block, and so does the end of the range. */
export function stateBlocks(series: SeriesView | undefined, end: number): Block[] {
  if (!series || series.method === "band") return [];
  const blocks: Block[] = [];
  series.t.forEach((from, index) => {
    const next = series.t[index + 1] ?? Math.min(end, series.end);
    const gap = series.gaps.find(([start, stop]) => start >= from && start < next && stop > from);
    const to = gap ? gap[0] : next;
    const value = series.v[index]!;
    const last = blocks.at(-1);
    if (last && last.value === value && last.to === from) last.to = to;
    else blocks.push({ from, to, value });
  });
  return blocks;
}
