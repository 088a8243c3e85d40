import { useRef } from "react";
import { useShortcuts } from "../../keyboard";
import { flip, move, rotate } from "../core/edit/arrange";
import { centreOf, boxOfPart } from "../core/edit/boxes";
import { partsOf } from "../core/edit/builder";
import { copy, isEmpty, offsetTo, parseClip, paste } from "../core/edit/clipboard";
import { bestLink, connect } from "../core/edit/connect";
import { randomIds } from "../core/edit/ids";
import { group, remove, ungroup } from "../core/edit/parts";
import { neighbour } from "../core/edit/selection";
import type { Editing } from "./context";
import { texts } from "./texts";

const CLIP = "plantrace.clip";

interface Handlers {
  /** Says something for a moment, also to screen readers. */
  announce: (text: string) => void;
  fit: () => void;
}

/** Everything that the keyboard does to the drawing. */
export function useEditorKeys(editing: Editing, { announce, fit }: Handlers, enabled: boolean): void {
  const { editor, grid, catalog, view, arm, armed, medium } = editing;
  const connectFrom = useRef<string | undefined>(undefined);
  const pasted = useRef(0);

  const nudge = (x: number, y: number, fine: boolean) => () => {
    if (editor.selection.size === 0) return false;
    const step = fine ? 1 : grid;
    return editor.perform(move(editor.drawing, editor.selection, { x: x * step, y: y * step }), "nudge");
  };
  const walk = (step: 1 | -1) => (event: KeyboardEvent) => {
    const from = [...editor.selection].at(-1);
    const next = neighbour(editor.drawing, from, step);
    if (next === undefined) return;
    if (event.shiftKey) editor.select([...editor.selection, next]);
    else editor.select([next]);
    const found = partsOf(editor.drawing).find(({ part }) => part.id === next)!;
    view.show(centreOf(boxOfPart(found.list, found.part)));
    announce(texts.canvas.selected(editor.selection.size, nameOf(editing, next)));
  };
  const store = () => {
    const clip = copy(editor.drawing, editor.selection);
    if (isEmpty(clip)) return false;
    pasted.current = 0;
    localStorage.setItem(CLIP, JSON.stringify(clip));
    return true;
  };

  useShortcuts(
    "editor",
    {
      undo: (event) => (event.shiftKey ? editor.redo() : editor.undo()),
      redo: () => editor.redo(),
      remove: () => editor.selection.size > 0 && editor.perform(remove(editor.drawing, editor.selection)),
      left: nudge(-1, 0, false),
      right: nudge(1, 0, false),
      up: nudge(0, -1, false),
      down: nudge(0, 1, false),
      leftFine: nudge(-1, 0, true),
      rightFine: nudge(1, 0, true),
      upFine: nudge(0, -1, true),
      downFine: nudge(0, 1, true),
      rotate: (event) => editor.perform(rotate(editor.drawing, editor.selection, event.shiftKey ? -1 : 1)),
      flip: () => editor.perform(flip(editor.drawing, editor.selection)),
      next: walk(1),
      previous: walk(-1),
      all: () => editor.selectAll(),
      copy: () => store(),
      cut: () => store() && editor.perform(remove(editor.drawing, editor.selection)),
      paste: () => {
        const clip = parseClip(localStorage.getItem(CLIP));
        if (!clip || isEmpty(clip)) return false;
        const known = {
          asset: (id: string) => catalog.assetById.has(id),
          sensor: (id: string) => catalog.sensorById.has(id),
        };
        const ids = new Set(clip.placements.map(({ id }) => id));
        const here = editor.drawing.placements?.some(({ id }) => ids.has(id));
        pasted.current += 1;
        const beside = { x: pasted.current * grid * 2, y: pasted.current * grid * 2 };
        const by = here ? beside : offsetTo(clip, view.centre(), grid);
        editor.insert(paste(editor.drawing, clip, by, randomIds, known));
        return true;
      },
      duplicate: () => {
        const clip = copy(editor.drawing, editor.selection);
        if (!isEmpty(clip)) editor.insert(paste(editor.drawing, clip, { x: grid * 2, y: grid * 2 }, randomIds));
      },
      group: (event) => {
        const { drawing, selection } = editor;
        editor.perform(event.shiftKey ? ungroup(drawing, selection) : group(drawing, selection, randomIds));
      },
      connect: () => {
        const [first, second] = [...editor.selection];
        const from = second === undefined ? connectFrom.current : first;
        const to = second ?? first;
        if (to === undefined) return false;
        if (from === undefined || from === to) {
          connectFrom.current = to;
          return announce(texts.canvas.connectFrom(nameOf(editing, to)));
        }
        connectFrom.current = undefined;
        const link = bestLink(editor.drawing, from, to);
        const done = link && editor.perform(connect(editor.drawing, link.a, link.b, randomIds, medium));
        if (!done) announce(texts.canvas.notConnected);
        return true;
      },
      zoomIn: () => view.zoomBy(1.2),
      zoomOut: () => view.zoomBy(1 / 1.2),
      fit,
      properties: (event) => {
        const onCanvas = (event.target as Element).closest('[role="application"]') !== null;
        const field = document.querySelector<HTMLElement>("[data-properties] :is(input, button, select)");
        if (!onCanvas || editor.selection.size === 0 || !field) return false;
        field.focus();
        return true;
      },
      cancel: () => {
        connectFrom.current = undefined;
        if (armed !== undefined) arm(undefined);
        else editor.select([]);
      },
    },
    enabled,
  );
}

export function nameOf({ editor, catalog }: Pick<Editing, "editor" | "catalog">, id: string): string {
  const { placements = [], tags = [], texts: words = [] } = editor.drawing;
  const placement = placements.find((each) => each.id === id);
  if (placement) return placement.label || catalog.assetById.get(placement.asset ?? "")?.tag || placement.symbol;
  const tag = tags.find((each) => each.id === id);
  if (tag) return tag.label || catalog.sensorById.get(tag.sensor)?.tag || "";
  return words.find((each) => each.id === id)?.text ?? "";
}
