import { displayUnit, formatValue } from "../../format";
import { symbolOf } from "../core/library";
import { shareOf } from "../core/state";
import type { State } from "../core/state";
import type { Entry, Placement } from "../core/types";

/** What a symbol shows of its values, besides its state. */
export interface Shown {
  /** Fractions, 0 to 1: how full; how far a blade or needle has turned. */
  level?: number;
  turn?: number;
  /** By placeholder: the text in its place. */
  words?: Record<string, string>;
  /** Slots whose value is too old. */
  stale?: string[];
}

export const NOTHING: Shown = {};

interface Sensed {
  kind: string;
  tag?: string;
  unit?: string;
  states?: Record<string, string> | null;
  range?: readonly [number, number] | null;
}

/** Sensors whose values change what the symbol shows, besides its state. */
export function sensorsShown(placement: Placement): string[] {
  const slots = symbolOf(placement.symbol)?.slots ?? {};
  return Object.entries(placement.slots ?? {})
    .filter(([name]) => ["level", "turn", "value"].includes(slots[name]?.shows ?? ""))
    .map(([, { sensor }]) => sensor);
}

export function shownOf(
  placement: Placement,
  entry: (sensor: string) => Entry | undefined,
  sensorOf: (sensor: string) => Sensed | undefined,
  state: State,
): Shown {
  const symbol = symbolOf(placement.symbol);
  const shown: Shown = {};
  for (const [name, slot] of Object.entries(symbol?.slots ?? {})) {
    const bound = placement.slots?.[name]?.sensor;
    if (bound === undefined) continue;
    const [value, sensor] = [entry(bound), sensorOf(bound)];
    const share = shareOf(value, sensor);
    if (slot.shows === "level" && share !== undefined) shown.level = share;
    const turn = slot.shows === "turn" ? turnOf(state, share) : undefined;
    if (turn !== undefined) shown.turn = turn;
    if (slot.shows === "value" || slot.shows === "turn" || slot.shows === "trend") {
      shown.words = { ...shown.words, [name]: worded(value, sensor), [`${name}:tag`]: sensor?.tag ?? "" };
      if (value?.stale) shown.stale = [...(shown.stale ?? []), name];
    }
  }
  return shown;
}

function turnOf(state: State, share: number | undefined): number | undefined {
  if (state === "closed" || state === "stopped" || state === "fault") return 0;
  if (state === "open" || state === "running") return 1;
  return share ?? (state === "between" ? 0.5 : undefined);
}

function worded(entry: Entry | undefined, sensor: Sensed | undefined): string {
  const value = formatValue(entry?.v ?? null, sensor?.unit, sensor as never, true);
  const unit = sensor?.kind === "discrete" || (entry?.v ?? null) === null ? "" : displayUnit(sensor?.unit);
  return unit ? `${value}\u2009${unit}` : value;
}
