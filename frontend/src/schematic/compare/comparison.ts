import { useMemo } from "react";
import { parseInstant } from "../../format";
import { momentNow, useParams } from "../../moment";
import { writeLoop } from "../core/loop";
import type { TimeWindow } from "../core/window";
import { fixedAt, shiftedBy } from "../momentSource";
import type { MomentSource } from "../momentSource";

/** What the address says: `vs=` another moment, or `shift=` so many ms earlier, moving along. */
export type Other = { at: number } | { shift: number };

export interface Comparison {
  other: Other;
  source: MomentSource;
  /** Two drawings beside each other, rather than differences on one. */
  side: boolean;
}

const MAX_SHIFT_MS = 100 * 365 * 86_400_000;

export function readOther(vs: string | null, shift: string | null): Other | null {
  const at = parseInstant(vs);
  if (at !== null) return { at };
  const ms = /^-?\d{1,14}$/.test(shift ?? "") ? Number(shift) : 0;
  return ms !== 0 && Math.abs(ms) <= MAX_SHIFT_MS ? { shift: ms } : null;
}

export const writeOther = (other: Other | null) => ({
  vs: other && "at" in other ? Math.round(other.at) : null,
  shift: other && "shift" in other ? Math.round(other.shift) : null,
});

/** The same other moment as of now, fixed or moving. */
export function turned(other: Other, now: number): Other {
  if ("at" in other) return now === other.at ? { shift: 1000 } : { shift: now - other.at };
  return { at: now - other.shift };
}

export function useComparison() {
  const [params, change] = useParams();
  const [vs, shift, side] = [params.get("vs"), params.get("shift"), params.get("compare") === "side"];
  const comparison = useMemo((): Comparison | null => {
    const other = readOther(vs, shift);
    return other && { other, side, source: "at" in other ? fixedAt(other.at) : shiftedBy(other.shift) };
  }, [vs, shift, side]);
  return useMemo(() => {
    const compare = (other: Other | null, loop?: TimeWindow) =>
      change({
        ...writeOther(other),
        ...(!other && { compare: null }),
        ...(loop && { loop: writeLoop(loop) }),
      });
    return {
      comparison,
      compare,
      setSide: (on: boolean) => change({ compare: on ? "side" : null }, { replace: true }),
      turn: () => comparison && compare(turned(comparison.other, momentNow() ?? Date.now())),
    };
  }, [comparison, change]);
}

export type Comparing = ReturnType<typeof useComparison>;
