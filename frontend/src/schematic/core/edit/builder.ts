import type { Background, Drawing } from "../types";
import { cleanWords } from "./words";
import type { Change, Edit, List, Part, PartTypes } from "./change";
import { LISTS } from "./change";

/** Collects the edits of one command. Its own view of the drawing has them applied already. */
export class Builder {
  readonly drawing: Drawing;
  private readonly edits: Edit[] = [];
  private readonly lists: { [L in List]: PartTypes[L][] };

  constructor(drawing: Drawing) {
    this.lists = {
      placements: [...(drawing.placements ?? [])],
      pipes: [...(drawing.pipes ?? [])],
      tags: [...(drawing.tags ?? [])],
      texts: [...(drawing.texts ?? [])],
    };
    const { width, height, background } = drawing;
    this.drawing = { width, height, ...(background && { background }), ...this.lists };
  }

  get change(): Change {
    return this.edits;
  }

  find<L extends List>(list: L, id: string): PartTypes[L] | undefined {
    return this.lists[list].find((part) => part.id === id);
  }

  /** Inserts a part at the end, or replaces the one with its id. Equal parts are left alone. */
  put<L extends List>(list: L, part: PartTypes[L]): void {
    const parts: PartTypes[L][] = this.lists[list];
    const found = parts.findIndex((each) => each.id === part.id);
    const index = found < 0 ? parts.length : found;
    const before = parts[index];
    const after = cleanWords(withoutUndefined(part));
    if (before && same(before, after)) return;
    this.edits.push({ list, index, before, after });
    parts[index] = after;
  }

  remove(list: List, id: string): void {
    const parts: Part[] = this.lists[list];
    const index = parts.findIndex((part) => part.id === id);
    if (index < 0) return;
    this.edits.push({ list, index, before: parts[index] });
    parts.splice(index, 1);
  }

  /** Changes members of the parts that exist. */
  patch<L extends List>(list: L, id: string, members: Partial<PartTypes[L]>): void {
    const part = this.find(list, id);
    if (part) this.put(list, { ...part, ...members });
  }

  resize(width: number, height: number): void {
    const before = { width: this.drawing.width, height: this.drawing.height };
    if (before.width === width && before.height === height) return;
    this.edits.push({ list: "size", before, after: { width, height } });
    Object.assign(this.drawing, { width, height });
  }

  setBackground(after: Background | undefined): void {
    const before = this.drawing.background;
    if (before === after || (before && after && same(before, after))) return;
    this.edits.push({ list: "background", before: { background: before }, after: { background: after } });
    Object.assign(this.drawing, { background: after });
  }
}

/** Runs `work` on a builder and returns what it did. */
export function build(drawing: Drawing, work: (builder: Builder) => void): Change {
  const builder = new Builder(drawing);
  work(builder);
  return builder.change;
}

/** The list that has the part of an id. */
export function listOf(drawing: Drawing, id: string): List | undefined {
  return LISTS.find((list) => (drawing[list] as Part[] | undefined)?.some((part) => part.id === id));
}

export function partsOf(drawing: Drawing): { list: List; part: Part }[] {
  return LISTS.flatMap((list) => (drawing[list] ?? []).map((part: Part) => ({ list, part })));
}

function withoutUndefined<T extends object>(part: T): T {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as T;
}

/** Whatever the order of their members. */
const same = (a: object, b: object) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
const ordered = (part: object) => Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
