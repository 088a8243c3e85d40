import json from "../../../../platform/twin/symbols.json";
import type { Medium, Side } from "./types";

/** The symbols, ports and passages: the list that the server also validates drawings against. */

export type Kind = "water" | "air" | "steam" | "gas" | "electricity" | "signal" | "shaft" | "any";

export interface Port {
  x: number;
  y: number;
  side: Side | "any";
  kind: Kind;
  way: "in" | "out" | "any";
}

export interface Passage {
  from: string;
  to: string;
  /** States of the symbol that block flow. */
  blocked: string[];
}

export interface SymbolInfo {
  title: string;
  width: number;
  height: number;
  resizable: boolean;
  states: "none" | "running" | "position";
  ports: Record<string, Port>;
  slots: Record<string, { title: string; kinds: string[] }>;
  passages: Passage[];
}

interface Library {
  media: Record<Medium, { title: string; kind: Kind }>;
  symbols: Record<string, SymbolInfo>;
}

export const library = json as unknown as Library;
export const symbolOf = (name: string): SymbolInfo | undefined => library.symbols[name];
