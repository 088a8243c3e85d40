import type { Polyline } from "./route";

export interface Arrow {
  x: number;
  y: number;
  /** Degrees clockwise from pointing right. */
  angle: number;
}

const MIN_LENGTH = 36;

/** One arrow in the middle of the longest straight piece, if there is room. */
export function arrowOf(pieces: Polyline[]): Arrow | undefined {
  let best: Arrow | undefined;
  let longest = MIN_LENGTH;
  for (const line of pieces) {
    for (let i = 1; i < line.length; i += 1) {
      const a = line[i - 1]!;
      const b = line[i]!;
      const length = Math.abs(b.x - a.x) + Math.abs(b.y - a.y);
      if (length <= longest) continue;
      longest = length;
      const angle = a.y === b.y ? (b.x > a.x ? 0 : 180) : b.y > a.y ? 90 : 270;
      best = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, angle };
    }
  }
  return best;
}
