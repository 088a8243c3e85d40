import type { Drawing } from "../types";
import type { Catalog } from "./binding";

/** Our own file format: a drawing that names sensors and assets by tag, so that it can be read at another site. */
const FORMAT = "plantrace-schematic";
const VERSION = 1;

interface Named {
  assetByTag: (tag: string) => string | undefined;
  sensorByTag: (tag: string) => string | undefined;
}

export function exportJson(name: string, drawing: Drawing, catalog: Catalog): string {
  const sensor = (id: string) => catalog.sensorById.get(id)?.tag ?? id;
  const asset = (id: string) => catalog.assetById.get(id)?.tag ?? id;
  return JSON.stringify(
    { format: FORMAT, version: VERSION, name, drawing: withNames(drawing, asset, sensor) },
    null,
    2,
  );
}

export interface Imported {
  name: string;
  drawing: Drawing;
  /** Tags in the file that this site does not have: their bindings are left out. */
  unknown: string[];
}

export type ImportError = "not-json" | "not-ours" | "newer";

/** Reads such a file. Tags that the site does not know are reported, and their bindings left out. */
export function importJson(text: string, named: Named): Imported | ImportError {
  const raw = parse(text);
  if (raw === undefined) return "not-json";
  const { format, version, name, drawing } = raw as Record<string, unknown>;
  if (format !== FORMAT || !isDrawing(drawing)) return "not-ours";
  if (typeof version !== "number" || version > VERSION) return "newer";
  const unknown = new Set<string>();
  const find = (by: (tag: string) => string | undefined) => (tag: string) => {
    const id = by(tag);
    if (id === undefined) unknown.add(tag);
    return id;
  };
  return {
    name: typeof name === "string" ? name : "",
    drawing: withNames(drawing, find(named.assetByTag), find(named.sensorByTag)),
    unknown: [...unknown].sort(),
  };
}

function withNames(
  drawing: Drawing,
  asset: (id: string) => string | undefined,
  sensor: (id: string) => string | undefined,
): Drawing {
  const placements = (drawing.placements ?? []).map((placement) => {
    const slots = Object.entries(placement.slots ?? {}).flatMap(([slot, binding]) => {
      const found = sensor(binding.sensor);
      return found === undefined ? [] : [[slot, { ...binding, sensor: found }] as const];
    });
    const { asset: old, slots: _slots, ...rest } = placement;
    const own = old == null ? undefined : asset(old);
    return {
      ...rest,
      ...(own !== undefined && { asset: own }),
      ...(slots.length > 0 && { slots: Object.fromEntries(slots) }),
    };
  });
  const tags = (drawing.tags ?? []).flatMap((tag) => {
    const found = sensor(tag.sensor);
    return found === undefined ? [] : [{ ...tag, sensor: found }];
  });
  return { ...drawing, placements, tags };
}

function parse(text: string): unknown {
  try {
    const raw: unknown = JSON.parse(text);
    return typeof raw === "object" && raw !== null ? raw : {};
  } catch {
    return undefined;
  }
}

function isDrawing(raw: unknown): raw is Drawing {
  if (typeof raw !== "object" || raw === null) return false;
  const { width, height, placements, pipes, tags, texts } = raw as Record<string, unknown>;
  const lists = [placements, pipes, tags, texts].every((list) => list === undefined || Array.isArray(list));
  return typeof width === "number" && typeof height === "number" && lists;
}
