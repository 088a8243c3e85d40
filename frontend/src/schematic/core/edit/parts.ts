import { symbolOf } from "../library";
import type { Background, Drawing, DrawnText, Placement, Point, ValueTag } from "../types";
import { contentBox } from "./boxes";
import { build, listOf, partsOf } from "./builder";
import type { Change, Part } from "./change";
import { followPipes } from "./arrange";
import type { Ids } from "./ids";
import type { Selection } from "./selection";

/** A symbol of its own size, its centre at the point. */
export function newPlacement(symbol: string, at: Point, ids: Ids, members: Partial<Placement> = {}): Placement {
  const { width = 40, height = 40 } = symbolOf(symbol) ?? {};
  return { id: ids(symbol), symbol, x: at.x - width / 2, y: at.y - height / 2, ...members };
}

export const place = (drawing: Drawing, placement: Placement): Change =>
  build(drawing, (builder) => {
    builder.put("placements", placement);
    followPipes(builder, drawing);
  });

export const addTag = (drawing: Drawing, tag: ValueTag): Change =>
  build(drawing, (builder) => builder.put("tags", tag));

export const addText = (drawing: Drawing, text: DrawnText): Change =>
  build(drawing, (builder) => builder.put("texts", text));

export const patchTag = (drawing: Drawing, id: string, members: Partial<ValueTag>): Change =>
  build(drawing, (builder) => builder.patch("tags", id, members));

export const patchText = (drawing: Drawing, id: string, members: Partial<DrawnText>): Change =>
  build(drawing, (builder) => builder.patch("texts", id, members));

/** The words of a symbol and their side; empty words take the label away. */
export const label = (drawing: Drawing, ids: Selection, members: Pick<Placement, "label" | "label_at">): Change =>
  build(drawing, (builder) => {
    for (const id of ids) {
      const words = "label" in members ? { label: members.label || undefined } : {};
      const side = "label_at" in members ? { label_at: members.label_at } : {};
      builder.patch("placements", id, { ...words, ...side });
    }
  });

/** The asset that a symbol stands for: one of the site, or one that publishing creates. */
export const setAsset = (drawing: Drawing, id: string, asset: string | { tag: string } | undefined): Change =>
  build(drawing, (builder) =>
    builder.patch(
      "placements",
      id,
      typeof asset === "object" ? { asset: undefined, new_asset: asset } : { asset, new_asset: undefined },
    ),
  );

/** Binds a slot of a symbol to a sensor; without one, takes the binding away. */
export const bind = (drawing: Drawing, id: string, slot: string, sensor: string | undefined): Change =>
  build(drawing, (builder) => {
    const placement = builder.find("placements", id);
    if (!placement) return;
    const { [slot]: old, ...rest } = placement.slots ?? {};
    const slots = sensor === undefined ? rest : { ...rest, [slot]: { ...old, sensor } };
    builder.put("placements", { ...placement, slots: Object.keys(slots).length > 0 ? slots : undefined });
  });

/** What a measured value must exceed for the state "running" or "open". */
export const setThreshold = (drawing: Drawing, id: string, slot: string, above: number | undefined): Change =>
  build(drawing, (builder) => {
    const placement = builder.find("placements", id);
    const binding = placement?.slots?.[slot];
    if (!placement || !binding) return;
    const changed = above === undefined ? { sensor: binding.sensor } : { ...binding, above };
    builder.put("placements", { ...placement, slots: { ...placement.slots, [slot]: changed } });
  });

/** Removes parts; pipes of removed symbols go with them, and so do the values that describe them. */
export function remove(drawing: Drawing, ids: Selection): Change {
  return build(drawing, (builder) => {
    for (const pipe of drawing.pipes ?? []) {
      const loose = ids.has(pipe.source.placement) || ids.has(pipe.target.placement);
      if (loose || ids.has(pipe.id)) builder.remove("pipes", pipe.id);
    }
    for (const tag of drawing.tags ?? []) {
      if (ids.has(tag.id) || (tag.of != null && ids.has(tag.of))) builder.remove("tags", tag.id);
    }
    for (const id of ids) {
      builder.remove("placements", id);
      builder.remove("texts", id);
    }
    removeLooseJunctions();

    /** A junction without any pipe left is invisible. */
    function removeLooseJunctions() {
      const ends = new Set(builder.drawing.pipes?.flatMap((pipe) => [pipe.source.placement, pipe.target.placement]));
      const had = new Set(drawing.pipes?.flatMap((pipe) => [pipe.source.placement, pipe.target.placement]));
      for (const { id, symbol } of drawing.placements ?? []) {
        if (symbol === "junction" && had.has(id) && !ends.has(id)) builder.remove("placements", id);
      }
    }
  });
}

const patchParts = (drawing: Drawing, ids: Selection, members: Pick<Part, "group" | "layer">): Change =>
  build(drawing, (builder) => {
    for (const id of ids) {
      const list = listOf(drawing, id);
      if (list) builder.patch(list, id, members);
    }
  });

/** Makes one group of parts; a part is in one group at most. */
export const group = (drawing: Drawing, ids: Selection, make: Ids): Change =>
  ids.size < 2 ? [] : patchParts(drawing, ids, { group: make("group") });

export const ungroup = (drawing: Drawing, ids: Selection): Change => patchParts(drawing, ids, { group: undefined });

export const setLayer = (drawing: Drawing, ids: Selection, layer: string | undefined): Change =>
  patchParts(drawing, ids, { layer });

export const layersOf = (drawing: Drawing): string[] =>
  [...new Set(partsOf(drawing).flatMap(({ part }) => part.layer ?? []))].sort();

const PAGE_MARGIN = 40;
const MIN_PAGE = { width: 400, height: 300 };

/** The page that holds everything with a margin: grown where parts lie outside of it, never made smaller. */
export function fitPage(drawing: Drawing): Change {
  const content = contentBox(drawing);
  if (!content) return [];
  const shift = { x: content.x < 0 ? PAGE_MARGIN - content.x : 0, y: content.y < 0 ? PAGE_MARGIN - content.y : 0 };
  const right = content.x + content.width + shift.x;
  const bottom = content.y + content.height + shift.y;
  return build(drawing, (builder) => {
    if (shift.x || shift.y) shiftAll();
    builder.resize(
      Math.max(MIN_PAGE.width, right > drawing.width ? right + PAGE_MARGIN : drawing.width),
      Math.max(MIN_PAGE.height, bottom > drawing.height ? bottom + PAGE_MARGIN : drawing.height),
    );

    function shiftAll() {
      const { background } = drawing;
      if (background) builder.setBackground({ ...background, x: background.x + shift.x, y: background.y + shift.y });
      for (const { list, part } of partsOf(drawing)) {
        if (list === "pipes") {
          const via = "via" in part ? part.via : undefined;
          if (via) builder.patch("pipes", part.id, { via: via.map(([x, y]) => [x + shift.x, y + shift.y]) });
        } else {
          const { x, y } = part as Part & Point;
          builder.put(list, { ...part, x: x + shift.x, y: y + shift.y } as never);
        }
      }
    }
  });
}

/** Puts a scan below the drawing, over the whole page and in its own proportions; undefined takes it away. */
export function setBackground(drawing: Drawing, background: Background | undefined): Change {
  return build(drawing, (builder) => builder.setBackground(background));
}

/** Where a scan of that size is laid at first. */
export function overPage(drawing: Drawing, scan: { id: string; width: number; height: number }): Background {
  const scale = Math.min(drawing.width / scan.width, drawing.height / scan.height);
  const [width, height] = [Math.round(scan.width * scale), Math.round(scan.height * scale)];
  return { scan: scan.id, x: 0, y: 0, width, height, opacity: 0.4 };
}
