/** What is shown of what arrives. Pure. */
import type { Arrivals } from "../../stream";

export interface Line {
  key: number;
  at: number;
  sender: string;
  text: string;
  /** Why it was not stored. */
  reason: string;
}

export interface Watched {
  /** Newest first. */
  lines: Line[];
  /** How many arrived since then, shown or not. */
  seen: number;
  next: number;
}

export const MAX_LINES = 300;

export const NOTHING: Watched = { lines: [], seen: 0, next: 1 };

export function withArrivals(watched: Watched, { at, of, sender, arrivals }: Arrivals): Watched {
  const added = arrivals.map(({ text, reason }, index) => ({ key: watched.next + index, at, sender, text, reason }));
  return {
    lines: [...added.reverse(), ...watched.lines].slice(0, MAX_LINES),
    seen: watched.seen + of,
    next: watched.next + added.length,
  };
}

/** Those with all of the words. */
export function filtered(lines: readonly Line[], filter: string): Line[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    const text = `${line.text} ${line.reason} ${line.sender}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** As it was sent, oldest first. */
export const copied = (lines: readonly Line[]): string =>
  lines
    .map((line) => line.text)
    .reverse()
    .join("\n");
