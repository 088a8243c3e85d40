import air from "../../../../platform/twin/library/air.json";
import drives from "../../../../platform/twin/library/drives.json";
import fans from "../../../../platform/twin/library/fans.json";
import heat from "../../../../platform/twin/library/heat.json";
import index from "../../../../platform/twin/library/index.json";
import instruments from "../../../../platform/twin/library/instruments.json";
import piping from "../../../../platform/twin/library/piping.json";
import process from "../../../../platform/twin/library/process.json";
import pumps from "../../../../platform/twin/library/pumps.json";
import tanks from "../../../../platform/twin/library/tanks.json";
import tiles from "../../../../platform/twin/library/tiles.json";
import valves from "../../../../platform/twin/library/valves.json";
import type { components } from "../../api/schema";
import type { Primitive } from "./shape";
import type { Medium } from "./types";

/** The symbols, ports and passages: the files that the server also validates drawings against. */

export type Kind =
  "water" | "air" | "steam" | "gas" | "refrigerant" | "oil" | "product" | "solid" | "electricity" | "signal" | "shaft";

export type Port = components["schemas"]["Port"];
export type Passage = components["schemas"]["Passage"];
export type Slot = components["schemas"]["Slot"];

export interface SymbolInfo {
  title: string;
  group: string;
  standard: "ISA-5.1" | "ISO 10628" | "IEC 60617" | "none";
  /** What a search finds it by, besides its title. */
  words: string[];
  width: number;
  height: number;
  resizable: boolean;
  states: "none" | "running" | "position";
  /** The flow only goes through it, as through a valve; without passages from any port to any other. */
  passes: boolean;
  /** May lead to another schematic. */
  links?: boolean;
  /** Where a resizable one grows, from and to; by default all of it. */
  stretch?: { x?: [number, number]; y?: [number, number] };
  shape: Primitive[];
  ports: Record<string, Port>;
  slots: Record<string, Slot>;
  passages: Passage[];
}

interface Library {
  media: Record<Medium, { title: string; kind: Kind }>;
  /** Kinds of ports that take several kinds of media. */
  classes: Record<string, string[]>;
  /** In the palette's order. */
  groups: { name: string; title: string }[];
  symbols: Record<string, SymbolInfo>;
}

const FILES: Record<string, unknown> = {
  pumps,
  fans,
  valves,
  tanks,
  heat,
  air,
  process,
  drives,
  instruments,
  piping,
  tiles,
};

function read(): Library {
  const { media, classes, groups } = index as unknown as Library;
  const symbols = groups.flatMap(({ name }) => {
    const file = FILES[name] as { symbols: Record<string, SymbolInfo> };
    return Object.entries(file.symbols).map(([symbol, info]) => [symbol, { ...info, group: name }] as const);
  });
  return { media, classes, groups, symbols: Object.fromEntries(symbols) };
}

export const library = read();
const known = new Map(Object.entries(library.symbols));

/** Tenants' own symbols, as they come with drawings and lists; their names have a version, so they never change. */
export function registerSymbols(symbols: Record<string, SymbolInfo> | undefined): void {
  for (const [name, symbol] of Object.entries(symbols ?? {})) if (!known.has(name)) known.set(name, symbol);
}

export const symbolOf = (name: string): SymbolInfo | undefined => known.get(name);

/** Whether a port of this kind takes media of that kind. */
export const accepts = (port: Port["kind"], medium: Kind): boolean =>
  port === "any" || port === medium || (library.classes[port]?.includes(medium) ?? false);

/** Whether the symbol contains its label, so that none stands beside it. */
export const hasLabelInside = (name: string): boolean =>
  symbolOf(name)?.shape.some((part) => part.is === "text" && /\{(label|letters|number)\}/.test(part.text)) ?? false;
