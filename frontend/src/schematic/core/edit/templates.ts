import type { Drawing, Placement, Point } from "../types";
import { assetTagOf, renamedSensor } from "./binding";
import type { Catalog } from "./binding";
import type { Change } from "./change";
import { apply } from "./change";
import { copy, paste } from "./clipboard";
import type { Clip } from "./clipboard";
import type { Ids } from "./ids";
import type { Selection } from "./selection";

/** A part of a drawing to be placed again, bound to the sensors of another asset each time. */
export interface Template {
  name: string;
  clip: Clip;
  /** The asset that it was drawn for: its tag is replaced in tags and labels. */
  asset: string | undefined;
}

export function templateOf(drawing: Drawing, ids: Selection, name: string, catalog: Catalog): Template {
  const clip = copy(drawing, ids);
  return { name, clip, asset: mainAsset(clip, catalog) };
}

/** The tag of the asset with the most bindings: of a skid, its pump. */
function mainAsset(clip: Clip, catalog: Catalog): string | undefined {
  const bindings = ({ slots }: Placement) => Object.keys(slots ?? {}).length;
  const candidates = clip.placements
    .filter((placement) => assetTagOf(placement, catalog))
    .sort((a, b) => bindings(b) - bindings(a));
  return candidates[0] && assetTagOf(candidates[0], catalog);
}

export interface Applied {
  change: Change;
  /** Bindings of the template for which this asset has no sensor: they are left open. */
  open: number;
}

/** Places a template for an asset: names and bindings are this asset's, everything is one group. */
export function applyTemplate(
  drawing: Drawing,
  template: Template,
  by: Point,
  target: { id?: string; tag: string } | undefined,
  catalog: Catalog,
  ids: Ids,
): Applied {
  let open = 0;
  const { clip, asset: from } = template;
  const rename = (text: string | null | undefined) =>
    target && from && text ? text.replaceAll(from, target.tag) : (text ?? undefined);
  const sensorFor = (id: string): string | undefined => {
    if (!target || !from) return catalog.sensorById.has(id) ? id : undefined;
    const found = renamedSensor(catalog.sensorById.get(id)?.tag, from, target.tag, catalog)?.id;
    if (found === undefined) open += 1;
    return found;
  };
  const group = ids("group");
  const placements = clip.placements.map((placement) => {
    const slots = Object.entries(placement.slots ?? {}).flatMap(([slot, binding]) => {
      const sensor = sensorFor(binding.sensor);
      return sensor === undefined ? [] : [[slot, { ...binding, sensor }] as const];
    });
    const main = target !== undefined && assetTagOf(placement, catalog) === from;
    return {
      ...placement,
      group,
      label: rename(placement.label),
      asset: main ? target.id : undefined,
      new_asset: main && target.id === undefined ? { tag: target.tag } : undefined,
      slots: slots.length > 0 ? Object.fromEntries(slots) : undefined,
    };
  });
  const tags = clip.tags.flatMap((tag) => {
    const sensor = sensorFor(tag.sensor);
    return sensor === undefined ? [] : [{ ...tag, group, sensor, label: rename(tag.label) }];
  });
  const texts = clip.texts.map((text) => ({ ...text, group, text: rename(text.text) ?? text.text }));
  const pipes = clip.pipes.map((pipe) => ({ ...pipe, group }));
  return { change: paste(drawing, { placements, pipes, tags, texts }, by, ids), open };
}

/** How many parts, as the palette says. */
export const sizeOfTemplate = ({ clip }: Template): number =>
  clip.placements.filter((p) => p.symbol !== "junction").length;

/** Templates placed one after another, as one step. */
export function inSequence(drawing: Drawing, steps: readonly ((drawing: Drawing) => Change)[]): Change {
  const edits: Change[] = [];
  let current = drawing;
  for (const step of steps) {
    const change = step(current);
    edits.push(change);
    current = apply(current, change);
  }
  return edits.flat();
}
