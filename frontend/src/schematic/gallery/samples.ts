import type { SymbolInfo } from "../core/library";
import type { State } from "../core/state";
import type { Shown } from "../symbols/shown";
import type { texts } from "./texts";

export type Look = keyof typeof texts.looks;

const STATES: Record<SymbolInfo["states"], Record<Look, State>> = {
  none: { drawn: "none", on: "none", part: "none", off: "none", fault: "none", unknown: "none" },
  running: { drawn: "none", on: "running", part: "running", off: "stopped", fault: "fault", unknown: "unknown" },
  position: { drawn: "none", on: "open", part: "between", off: "closed", fault: "closed", unknown: "unknown" },
};

export const stateFor = (symbol: SymbolInfo, look: Look): State => STATES[symbol.states][look];

/** The states that a symbol can show, without repetition. */
export const statesOf = (symbol: SymbolInfo): State[] => [...new Set(Object.values(STATES[symbol.states]))];

const SHARE: Record<Look, number | undefined> = {
  drawn: undefined,
  on: 1,
  part: 0.6,
  off: 0,
  fault: 0,
  unknown: undefined,
};

/** Invented values, as many as the symbol can show. */
export function sampleShown(symbol: SymbolInfo, look: Look): Shown {
  const share = SHARE[look];
  if (share === undefined) return {};
  const shown: Shown = {};
  Object.entries(symbol.slots).forEach(([name, slot], index) => {
    const value = `${(share * 100).toFixed(0)}\u2009%`;
    if (slot.shows === "level") shown.level = symbol.states === "none" ? share : 0.6;
    if (slot.shows === "turn") shown.turn = share;
    if (slot.shows === "speed") shown.speed = share;
    if (slot.shows === "command") {
      const on = share > 0 || look === "fault";
      shown.command = { on, differs: look === "fault" || look === "part", text: "" };
    }
    if (["value", "trend", "turn"].includes(slot.shows)) {
      shown.words = { ...shown.words, [name]: value, [`${name}:tag`]: `TT-${101 + index}` };
    }
  });
  return shown;
}

/** Whether every word that was typed begins a word of what the symbol is called or found by. */
export function matches(name: string, symbol: SymbolInfo, words: readonly string[]): boolean {
  const found =
    `${name.replaceAll("_", " ")} ${symbol.title} ${symbol.words.join(" ")} ${symbol.group} ${symbol.standard}`
      .toLowerCase()
      .split(/[\s,-]+/);
  return words.every((word) => found.some((each) => each.startsWith(word)));
}
