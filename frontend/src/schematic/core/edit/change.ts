import type { Background, Drawing, DrawnText, Pipe, Placement, ValueTag } from "../types";

/** The lists of parts that a drawing has. */
export interface PartTypes {
  placements: Placement;
  pipes: Pipe;
  tags: ValueTag;
  texts: DrawnText;
}
export type List = keyof PartTypes;
export type Part = PartTypes[List];
export const LISTS: readonly List[] = ["placements", "pipes", "tags", "texts"];

/** One part before and after: without `before` it is inserted at `index`, without `after` removed from it. */
export interface PartEdit<L extends List = List> {
  list: L;
  index: number;
  before?: PartTypes[L] | undefined;
  after?: PartTypes[L] | undefined;
}

export interface SizeEdit {
  list: "size";
  before: Size;
  after: Size;
}

interface Size {
  width: number;
  height: number;
}

/** The scan below the drawing, which is there at most once. */
export interface BackgroundEdit {
  list: "background";
  before: { background: Background | undefined };
  after: { background: Background | undefined };
}

export type Edit = PartEdit | SizeEdit | BackgroundEdit;

/** Edits of the page itself, which only replace. */
const isOfPage = (edit: Edit): edit is SizeEdit | BackgroundEdit => edit.list === "size" || edit.list === "background";

/** What a command does to a drawing, in order. It carries its own inverse. */
export type Change = readonly Edit[];

export const inverse = (change: Change): Change =>
  change.toReversed().map((edit) => ({ ...edit, before: edit.after, after: edit.before }) as Edit);

/** The drawing after the change; lists that it does not touch stay the same objects. */
export function apply(drawing: Drawing, change: Change): Drawing {
  if (change.length === 0) return drawing;
  const result: Drawing = { ...drawing };
  const copied = new Set<List>();
  for (const edit of change) {
    if (isOfPage(edit)) {
      Object.assign(result, edit.after);
      continue;
    }
    if (!copied.has(edit.list)) {
      copied.add(edit.list);
      Object.assign(result, { [edit.list]: [...(result[edit.list] ?? [])] });
    }
    const parts = result[edit.list] as Part[];
    const added = edit.after ? [edit.after] : [];
    parts.splice(edit.index, edit.before ? 1 : 0, ...added);
  }
  return result;
}

/** Two changes as one step of the history. Parts that both replace keep only the first `before` and last `after`. */
export function merge(first: Change, second: Change): Change {
  if (![...first, ...second].every(replaces)) return [...first, ...second];
  const merged = new Map<string, Edit>();
  for (const edit of [...first, ...second]) {
    const key = isOfPage(edit) ? edit.list : `${edit.list}/${edit.before!.id}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? ({ ...edit, before: earlier.before } as Edit) : edit);
  }
  return [...merged.values()];
}

const replaces = (edit: Edit) => edit.before !== undefined && edit.after !== undefined;

/** The ids of all parts that a change inserts. */
export const inserted = (change: Change): string[] =>
  change.flatMap((edit) => (!isOfPage(edit) && edit.after && !edit.before ? [edit.after.id] : []));
