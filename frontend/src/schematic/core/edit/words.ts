import type { Drawing } from "../types";
import { LISTS } from "./change";

/** Controls but tab and line feed, separators, and marks that change the direction of what follows: as the server. */
/* eslint-disable no-control-regex */
const CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const MEMBERS = ["label", "name", "text", "layer"] as const;

/** The part with words that everybody reads in the order in which they are written. */
export function cleanWords<T extends object>(part: T): T {
  const words = part as Record<string, unknown>;
  const dirty = MEMBERS.filter((member) => typeof words[member] === "string" && words[member].search(CONTROL) >= 0);
  if (dirty.length === 0) return part;
  return { ...part, ...Object.fromEntries(dirty.map((name) => [name, (words[name] as string).replace(CONTROL, "")])) };
}

/** A drawing of before they were refused. */
export function cleanDrawing(drawing: Drawing): Drawing {
  const lists = LISTS.map((list) => [list, (drawing[list] as object[] | undefined)?.map(cleanWords)] as const);
  return { ...drawing, ...Object.fromEntries(lists.filter(([, parts]) => parts)) };
}
