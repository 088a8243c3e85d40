import type { Box } from "../geometry";
import type { Drawing } from "../types";
import { partsOf } from "./builder";
import type { Part } from "./change";
import { boxOfPart } from "./boxes";

export type Selection = ReadonlySet<string>;

const groupOf = (part: Part): string | undefined => part.group ?? undefined;

/** With every part of the groups that the parts belong to. */
export function withGroups(drawing: Drawing, ids: Iterable<string>): Set<string> {
  const chosen = new Set(ids);
  const groups = new Set<string>();
  const parts = partsOf(drawing);
  for (const { part } of parts) if (chosen.has(part.id) && groupOf(part)) groups.add(groupOf(part)!);
  for (const { part } of parts) if (groups.has(groupOf(part) ?? "")) chosen.add(part.id);
  return chosen;
}

/** After a click: the part alone, or with `add` added to the selection or taken out of it. */
export function clicked(drawing: Drawing, selection: Selection, id: string, add: boolean): Set<string> {
  const clickedParts = withGroups(drawing, [id]);
  if (!add) return clickedParts;
  const rest = new Set(selection);
  for (const each of clickedParts) {
    if (selection.has(id)) rest.delete(each);
    else rest.add(each);
  }
  return rest;
}

/** The parts that lie wholly inside a box; pipes follow their symbols and are not chosen. */
export function within(drawing: Drawing, box: Box, skip: (part: Part) => boolean = () => false): Set<string> {
  const inside = partsOf(drawing).filter(({ list, part }) => {
    if (list === "pipes" || skip(part)) return false;
    const { x, y, width, height } = boxOfPart(list, part);
    return x >= box.x && y >= box.y && x + width <= box.x + box.width && y + height <= box.y + box.height;
  });
  return withGroups(
    drawing,
    inside.map(({ part }) => part.id),
  );
}

/** Without ids that no part has any more. */
export function present(drawing: Drawing, selection: Selection): Selection {
  const known = new Set(partsOf(drawing).map(({ part }) => part.id));
  const left = [...selection].filter((id) => known.has(id));
  return left.length === selection.size ? selection : new Set(left);
}

/** The next or previous part in reading order: by rows, then from left to right. */
export function neighbour(drawing: Drawing, from: string | undefined, step: 1 | -1): string | undefined {
  const order = partsOf(drawing)
    .filter(({ list }) => list !== "pipes")
    .map(({ list, part }) => ({ id: part.id, box: boxOfPart(list, part) }))
    .sort((a, b) => Math.round((a.box.y - b.box.y) / 40) || a.box.x - b.box.x)
    .map(({ id }) => id);
  if (order.length === 0) return undefined;
  const at = from === undefined ? -1 : order.indexOf(from);
  if (at < 0) return step === 1 ? order[0] : order.at(-1);
  return order[(at + step + order.length) % order.length];
}
