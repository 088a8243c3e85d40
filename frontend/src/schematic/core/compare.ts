import { formatNumber, decimalsFor } from "../../format";
import type { State } from "./state";
import type { Entry, Placement } from "./types";

/** How a value differs from another moment's; undefined: it does not, as far as its figures show. */
export type Difference =
  | { is: "amount"; delta: number; text: string }
  | { is: "state"; before: number | string }
  /** One of the two is not known. */
  | { is: "unknown" };

interface Compared {
  kind: string;
  range?: readonly number[] | null;
}

const known = (entry: Entry | undefined) => entry !== undefined && entry.v !== null && !entry.stale && entry.q !== 2;

export function differenceOf(
  now: Entry | undefined,
  then: Entry | undefined,
  sensor: Compared | undefined,
): Difference | undefined {
  if (!known(now) || !known(then)) return { is: "unknown" };
  const [v, before] = [now!.v!, then!.v!];
  if (typeof v !== "number" || typeof before !== "number" || sensor?.kind === "discrete") {
    return v === before ? undefined : { is: "state", before };
  }
  const span = sensor?.range ? Math.abs(sensor.range[1]! - sensor.range[0]!) : 0;
  const delta = v - before;
  // As exact as the values themselves are shown: a difference beyond their figures would be noise.
  const text = formatNumber(Math.abs(delta), span > 0 ? decimalsFor(span) : figuresOf(v, before));
  if (!/[1-9]/.test(text)) return undefined;
  return { is: "amount", delta, text: `${delta > 0 ? "+" : "\u2212"}${text}` };
}

/** The decimals with which the larger of the two is shown. */
function figuresOf(a: number, b: number): number {
  const size = Math.max(Math.abs(a), Math.abs(b));
  return size >= 1000 ? 0 : size >= 1 ? 3 - Math.floor(Math.log10(size)) : 4;
}

export interface StateDifference {
  placement: Placement;
  before: State;
  after: State;
}

const isKnown = (state: State) => state !== "none" && state !== "unknown";

/** Machines and valves whose state is another one; those of which one is unknown are left out. */
export function stateDifferences(
  placements: Iterable<Placement>,
  now: (placement: string) => State,
  then: (placement: string) => State,
): StateDifference[] {
  return [...placements].flatMap((placement) => {
    const [before, after] = [then(placement.id), now(placement.id)];
    return isKnown(before) && isKnown(after) && before !== after ? [{ placement, before, after }] : [];
  });
}
