import type { Drawing, DrawnText, Pipe, Placement, Point, ValueTag } from "../types";
import { contentBox } from "./boxes";
import { build } from "./builder";
import type { Change } from "./change";
import type { Ids } from "./ids";
import type { Selection } from "./selection";

/** Copied parts. Pipes are in it if both of their ends are, and values with the symbols that they describe. */
export interface Clip {
  placements: Placement[];
  pipes: Pipe[];
  tags: ValueTag[];
  texts: DrawnText[];
}

export function copy(drawing: Drawing, ids: Selection): Clip {
  const placements = (drawing.placements ?? []).filter(({ id }) => ids.has(id));
  const own = new Set(placements.map(({ id }) => id));
  return {
    placements,
    pipes: (drawing.pipes ?? []).filter((pipe) => own.has(pipe.source.placement) && own.has(pipe.target.placement)),
    tags: (drawing.tags ?? []).filter(({ id, of }) => ids.has(id) || (of != null && own.has(of))),
    texts: (drawing.texts ?? []).filter(({ id }) => ids.has(id)),
  };
}

export const isEmpty = (clip: Clip): boolean => !clip.placements.length && !clip.tags.length && !clip.texts.length;

/** What the place that it is pasted to knows: references to anything else are left out. */
export interface Known {
  asset: (id: string) => boolean;
  sensor: (id: string) => boolean;
}

/** Inserts copies with new ids, moved by an offset. Groups stay groups of their own. */
export function paste(drawing: Drawing, clip: Clip, by: Point, ids: Ids, known?: Known): Change {
  const renamed = new Map<string, string>();
  const rename = (id: string, kind: string) => {
    const name = renamed.get(id) ?? ids(kind);
    renamed.set(id, name);
    return name;
  };
  const grouped = <T extends { group?: string | undefined }>(part: T) =>
    part.group === undefined ? part : { ...part, group: rename(`group ${part.group}`, "group") };
  const moved = <T extends Point>(part: T): T => ({ ...part, x: part.x + by.x, y: part.y + by.y });
  return build(drawing, (builder) => {
    for (const placement of clip.placements) {
      const copied = grouped(moved({ ...placement, id: rename(placement.id, placement.symbol) }));
      builder.put("placements", known ? knownOnly(copied, known) : copied);
    }
    for (const pipe of clip.pipes) {
      const end = ({ placement, port }: Pipe["source"]) => ({ placement: renamed.get(placement)!, port });
      const via = pipe.via?.map(([x, y]): [number, number] => [x + by.x, y + by.y]);
      builder.put(
        "pipes",
        grouped({ ...pipe, id: ids("pipe"), source: end(pipe.source), target: end(pipe.target), ...(via && { via }) }),
      );
    }
    for (const tag of clip.tags) {
      if (known && !known.sensor(tag.sensor)) continue;
      const of = tag.of == null ? undefined : renamed.get(tag.of);
      builder.put("tags", grouped(moved({ ...tag, id: ids("tag"), of })));
    }
    for (const text of clip.texts) builder.put("texts", grouped(moved({ ...text, id: ids("text") })));
  });
}

function knownOnly(placement: Placement, known: Known): Placement {
  const slots = Object.entries(placement.slots ?? {}).filter(([, { sensor }]) => known.sensor(sensor));
  return {
    ...placement,
    asset: placement.asset != null && known.asset(placement.asset) ? placement.asset : undefined,
    slots: slots.length > 0 ? Object.fromEntries(slots) : undefined,
  };
}

/** The offset that brings the middle of a clip to a point of the grid near `at`. */
export function offsetTo(clip: Clip, at: Point, grid: number): Point {
  const box = contentBox({ width: 0, height: 0, ...clip });
  if (!box) return { x: 0, y: 0 };
  const round = (value: number) => Math.round(value / grid) * grid;
  return { x: round(at.x - box.x - box.width / 2), y: round(at.y - box.y - box.height / 2) };
}

/** A clip from text, or undefined if it is none. Members that are not lists make it none. */
export function parseClip(text: string | null): Clip | undefined {
  try {
    const raw = JSON.parse(text ?? "") as Partial<Clip> | null;
    const lists = [raw?.placements, raw?.pipes, raw?.tags, raw?.texts];
    return lists.every(Array.isArray) ? (raw as Clip) : undefined;
  } catch {
    return undefined;
  }
}
