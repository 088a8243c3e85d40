import type { Background, Drawing } from "../types";
import { build } from "./builder";
import type { Change, List, PartTypes } from "./change";

/** One part that differs between the version a draft was made from, the draft, and what was published meanwhile. */
export interface Difference {
  kind: List | "size" | "background";
  id: string;
  changed: "mine" | "theirs" | "both";
  mine: object | null;
  theirs: object | null;
}

export const keyOf = ({ kind, id }: Pick<Difference, "kind" | "id">): string => `${kind}/${id}`;

/** Takes over what only they changed, and of what both changed everything that is not in `mine`. */
export function applyDifferences(
  drawing: Drawing,
  differences: readonly Difference[],
  mine: ReadonlySet<string>,
): Change {
  return build(drawing, (builder) => {
    for (const difference of differences) {
      const { kind, id, changed, theirs } = difference;
      if (changed === "mine" || (changed === "both" && mine.has(keyOf(difference)))) continue;
      if (kind === "size") {
        const { width, height } = theirs as { width: number; height: number };
        builder.resize(width, height);
      } else if (kind === "background") builder.setBackground((theirs ?? undefined) as Background | undefined);
      else if (theirs) builder.put(kind, theirs as PartTypes[typeof kind] as never);
      else builder.remove(kind, id);
    }
    dropDeadReferences();

    /** They may have deleted a symbol that a pipe or value of mine refers to. */
    function dropDeadReferences() {
      const placements = new Set(builder.drawing.placements?.map(({ id }) => id));
      for (const pipe of [...(builder.drawing.pipes ?? [])]) {
        const loose = !placements.has(pipe.source.placement) || !placements.has(pipe.target.placement);
        if (loose) builder.remove("pipes", pipe.id);
      }
      for (const tag of [...(builder.drawing.tags ?? [])]) {
        if (tag.of != null && !placements.has(tag.of)) builder.patch("tags", tag.id, { of: undefined });
      }
    }
  });
}
