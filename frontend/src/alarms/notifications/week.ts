/** A week of shifts as columns of blocks: minutes after midnight, days 1 (Monday) to 7. */

export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export const DAY_MINUTES = 24 * 60;

export interface Hours {
  days: readonly number[];
  from: string;
  to: string;
}

export interface Block {
  day: number;
  start: number;
  end: number;
  /** Which of the entries it is of. */
  entry: number;
  /** Beside how many others it stands, and at which place. */
  lane: number;
  lanes: number;
}

export const minutesOf = (time: string): number => {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};

/** Blocks by day; what ends on the next day is two, and what ends when it begins lasts a day. */
export function blocksOf(entries: readonly Hours[]): Block[] {
  const found: Block[] = [];
  const add = (day: number, start: number, end: number, entry: number) => {
    if (start < end) found.push({ day, start, end, entry, lane: 0, lanes: 1 });
  };
  entries.forEach(({ days, from, to }, entry) => {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    for (const day of days) {
      if (start < end) add(day, start, end, entry);
      else {
        add(day, start, DAY_MINUTES, entry);
        add((day % 7) + 1, 0, end, entry);
      }
    }
  });
  return DAYS.flatMap((day) => inLanes(found.filter((block) => block.day === day)));
}

/** Blocks that overlap stand beside one another. */
function inLanes(blocks: Block[]): Block[] {
  const placed: Block[] = [];
  let group: Block[] = [];
  let ends: number[] = []; // of the group's lanes
  const close = () => {
    placed.push(...group.map((block) => ({ ...block, lanes: ends.length })));
    group = [];
    ends = [];
  };
  for (const block of [...blocks].sort((a, b) => a.start - b.start || a.entry - b.entry)) {
    if (ends.length > 0 && ends.every((end) => end <= block.start)) close();
    const free = ends.findIndex((end) => end <= block.start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = block.end;
    group.push({ ...block, lane });
  }
  close();
  return placed;
}

/** How many minutes of a week nobody is on duty: shifts without people do not count, unless a group in turn has them. */
export function unstaffedMinutes(
  entries: readonly (Hours & { people: readonly unknown[] })[],
  rotation: { groups: readonly (readonly unknown[])[] } | null,
): number {
  const groups = rotation?.groups ?? [];
  const rotates = groups.length > 0 && groups.every((group) => group.length > 0);
  if (rotates && entries.length === 0) return 0;
  return uncoveredMinutes(blocksOf(rotates ? entries : entries.filter((entry) => entry.people.length > 0)));
}

/** How many minutes of the week no block covers. */
export function uncoveredMinutes(blocks: readonly Block[]): number {
  let uncovered = 0;
  for (const day of DAYS) {
    let until = 0;
    const ofDay = blocks.filter((block) => block.day === day).sort((a, b) => a.start - b.start);
    for (const { start, end } of ofDay) {
      uncovered += Math.max(0, start - until);
      until = Math.max(until, end);
    }
    uncovered += DAY_MINUTES - until;
  }
  return uncovered;
}
