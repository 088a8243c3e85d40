import { displayUnit, formatValue } from "../../format";
import { symbolOf } from "../core/library";
import { shareOf } from "../core/state";
import type { State } from "../core/state";
import type { Entry, Placement } from "../core/types";
import { texts } from "../texts";

/** What a symbol shows of its values, besides its state. */
export interface Shown {
  /** Fractions, 0 to 1: how full; how far a blade or needle has turned. */
  level?: number;
  turn?: number;
  /** By placeholder: the text in its place. */
  words?: Record<string, string>;
  /** Slots whose value is too old. */
  stale?: string[];
  /** A fraction of the speed's range. */
  speed?: number;
  /** In words. */
  power?: string;
  command?: Command;
}

/** What a machine or valve is told to do, and whether it does something else. `share`: where that is an amount. */
export interface Command {
  on: boolean;
  differs: boolean;
  text: string;
  share?: number;
}

export const NOTHING: Shown = {};

interface Sensed {
  kind: string;
  tag?: string;
  unit?: string;
  states?: Record<string, string> | null;
  range?: readonly [number, number] | null;
}

const SHOWN = ["level", "turn", "value", "speed", "command", "power"];

/** Sensors whose values change what the symbol shows, besides its state. */
export function sensorsShown(placement: Placement): string[] {
  const slots = symbolOf(placement.symbol)?.slots ?? {};
  return Object.entries(placement.slots ?? {})
    .filter(([name]) => SHOWN.includes(slots[name]?.shows ?? ""))
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
    if (slot.shows === "speed" && share !== undefined) shown.speed = share;
    if (slot.shows === "power" && usable(value)) shown.power = worded(value, sensor);
    const turn = slot.shows === "turn" ? turnOf(state, share) : undefined;
    if (turn !== undefined) shown.turn = turn;
    if (slot.shows === "value" || slot.shows === "turn" || slot.shows === "trend") {
      shown.words = { ...shown.words, [name]: worded(value, sensor), [`${name}:tag`]: sensor?.tag ?? "" };
      if (value?.stale) shown.stale = [...(shown.stale ?? []), name];
    }
  }
  const command = commandOf(placement, entry, sensorOf, state);
  if (command) shown.command = command;
  return shown;
}

const usable = (value: Entry | undefined) => value !== undefined && value.v !== null && !value.stale;

/** Amounts closer than this are the same: a controller is never exactly where it is told to be. */
const TOLERANCE = 0.05;

function commandOf(
  placement: Placement,
  entry: (sensor: string) => Entry | undefined,
  sensorOf: (sensor: string) => Sensed | undefined,
  state: State,
): Command | undefined {
  const slots = symbolOf(placement.symbol)?.slots ?? {};
  const bindingOf = (shows: string) =>
    placement.slots?.[Object.keys(slots).find((n) => slots[n]!.shows === shows) ?? ""];
  const binding = bindingOf("command");
  const value = binding && entry(binding.sensor);
  if (!binding || !usable(value)) return undefined;
  const sensor = sensorOf(binding.sensor);
  const text = `${texts.command}: ${formatValue(value!.v, sensor?.unit, sensor as never)}`;
  const on = Number(value!.v) > (binding.above ?? 0);
  const share = sensor?.kind === "discrete" ? undefined : shareOf(value, sensor);
  const moved = bindingOf("speed") ?? placement.slots?.position;
  const reached = moved && shareOf(entry(moved.sensor), sensorOf(moved.sensor));
  if (share !== undefined) {
    return { on, share, text, differs: reached !== undefined && Math.abs(reached - share) > TOLERANCE };
  }
  return { on, text, differs: ACTIVE[state] !== undefined && ACTIVE[state] !== on };
}

const ACTIVE: Partial<Record<State, boolean>> = {
  running: true,
  open: true,
  between: true,
  stopped: false,
  fault: false,
  closed: false,
};

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
