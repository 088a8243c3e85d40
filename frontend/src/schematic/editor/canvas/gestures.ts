import type { PointerEvent } from "react";
import { move, movable, resize } from "../../core/edit/arrange";
import { connect, connectIntoPipe, moveRun } from "../../core/edit/connect";
import type { End } from "../../core/edit/connect";
import { randomIds } from "../../core/edit/ids";
import { dragged, placementsOf } from "../../core/edit/routing";
import { boxOfPart, unionOf } from "../../core/edit/boxes";
import { anchorsOf, snapMove, targetAt, toGrid } from "../../core/edit/snap";
import type { Target } from "../../core/edit/snap";
import { pathOf } from "../../core/crossings";
import { boxOf, portOf } from "../../core/geometry";
import { library } from "../../core/library";
import { routePipe } from "../../core/route";
import type { Pipe, Placement, Point } from "../../core/types";
import type { Editing } from "../context";
import { HeldParts } from "./heldParts";
import type { Hint } from "./hints";
import { texts } from "../texts";

export interface Gesture {
  move: (at: Point, event: PointerEvent) => void;
  end: (at: Point) => void;
  /** `clicked`: the pointer was let go where it was pressed. */
  cancel: (clicked: boolean) => void;
}

/** Pixels on screen within which things snap. */
const REACH_PX = 7;
const PORT_REACH_PX = 14;

export function panGesture({ view }: Editing): Gesture {
  return {
    move: (_at, { movementX, movementY }) => view.panBy(movementX, movementY),
    end: () => undefined,
    cancel: () => undefined,
  };
}

export function areaGesture({ editor, hints }: Editing, from: Point, add: boolean): Gesture {
  const areaTo = (at: Point) => ({
    x: Math.min(from.x, at.x),
    y: Math.min(from.y, at.y),
    width: Math.abs(at.x - from.x),
    height: Math.abs(at.y - from.y),
  });
  return {
    move: (at) => hints.show({ area: areaTo(at) }),
    end: (at) => {
      hints.clear();
      editor.selectWithin(areaTo(at), add);
    },
    cancel: (clicked) => {
      hints.clear();
      if (clicked && !add) editor.select([]);
    },
  };
}

/** Moves the selection. Until it ends only the layer of what is held and the paths of pipes are written. */
export function moveGesture(editing: Editing, root: HTMLElement, from: Point): Gesture {
  const { editor, hints, grid, view } = editing;
  const { drawing, selection } = editor;
  const parts = movable(drawing, selection);
  const ids = new Set(parts.map(({ part }) => part.id));
  const before = placementsOf(drawing);
  const moving = [...before.values()].filter(({ id }) => ids.has(id));
  const mine = anchorsOf(moving.length <= 12 ? moving : []);
  const others = anchorsOf([...before.values()].filter(({ id }) => !ids.has(id)));
  const origin = parts[0]?.part ?? { x: 0, y: 0 };
  const all = elementsIn(root);
  const world = root.querySelector<HTMLElement>("[data-world]")!;
  const ends = ({ source, target }: Pipe) => [source, target].filter(({ placement }) => ids.has(placement)).length;
  // A pipe of which both ends move keeps its shape.
  const whole = (drawing.pipes ?? []).filter((pipe) => ends(pipe) === 2).map(({ id }) => id);
  const frame = root.querySelectorAll<SVGElement>("[data-selection]");
  const held = new HeldParts(
    [...[...whole, ...ids].flatMap((id) => all.get(id) ?? []), ...frame],
    unionOf(parts.map(({ list, part }) => boxOfPart(list, part))),
  );
  const pipes = (drawing.pipes ?? [])
    .filter((pipe) => ends(pipe) === 1)
    .map((pipe) => new DraggedPipe(pipe, all.get(pipe.id)));
  let by: Point = { x: 0, y: 0 };

  const restore = () => {
    held.release();
    for (const pipe of pipes) pipe.restore();
    hints.clear();
  };
  return {
    move: (at, event) => {
      const wanted = { x: at.x - from.x, y: at.y - from.y };
      const snapped = event.altKey
        ? { by: { x: Math.round(wanted.x), y: Math.round(wanted.y) }, guides: [] }
        : snapMove(mine, others, origin, wanted, grid, REACH_PX / view.zoom);
      const guided = snapped.guides.length > 0 || hints.current !== NO_GUIDES;
      if (guided) hints.show(snapped.guides.length > 0 ? { guides: snapped.guides } : NO_GUIDES);
      if (snapped.by.x === by.x && snapped.by.y === by.y) return;
      ({ by } = snapped);
      held.moveBy(by, world);
      if (pipes.length === 0) return;
      const after = new Map(before);
      for (const each of moving) after.set(each.id, { ...each, x: each.x + by.x, y: each.y + by.y });
      for (const pipe of pipes) pipe.draw(before, after);
    },
    end: () => {
      restore();
      editor.perform(move(editor.drawing, selection, by));
    },
    cancel: restore,
  };
}

const NO_GUIDES: Hint = { guides: [] };

const elementsIn = (root: HTMLElement): ReadonlyMap<string, HTMLElement | SVGElement> =>
  new Map([...root.querySelectorAll<HTMLElement>("[data-part]")].map((each) => [each.dataset.part!, each]));

/** A pipe of which one end is dragged: its elements, to which the drag writes directly. */
class DraggedPipe {
  private readonly pipe: Pipe;
  private readonly paths: SVGPathElement[];
  private readonly arrow: SVGPathElement | null;
  private readonly original: string | null;

  constructor(pipe: Pipe, group: HTMLElement | SVGElement | undefined) {
    this.pipe = pipe;
    this.paths = [...(group?.querySelectorAll<SVGPathElement>("path:not(.arrow)") ?? [])];
    this.arrow = group?.querySelector<SVGPathElement>(".arrow") ?? null;
    this.original = this.paths[0]?.getAttribute("d") ?? null;
  }

  draw(before: ReadonlyMap<string, Placement>, after: ReadonlyMap<string, Placement>): void {
    const line = dragged(this.pipe, before, after);
    if (line) this.write(pathOf(line), "hidden");
  }

  restore(): void {
    if (this.original !== null) this.write(this.original, "");
  }

  private write(path: string, visibility: string): void {
    for (const each of this.paths) each.setAttribute("d", path);
    if (this.arrow) this.arrow.style.visibility = visibility;
  }
}

export function resizeGesture({ editor, grid, hints }: Editing, id: string, handle: string): Gesture {
  const placement = editor.drawing.placements?.find((each) => each.id === id);
  if (!placement) return NOTHING;
  const box = boxOf(placement);
  const turned = (placement.rotate ?? 0) % 180 !== 0;
  return {
    move: (at) => {
      const x = toGrid(at.x, grid);
      const y = toGrid(at.y, grid);
      let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
      if (handle.includes("w")) left = Math.min(x, right - grid);
      if (handle.includes("e")) right = Math.max(x, left + grid);
      if (handle.includes("n")) top = Math.min(y, bottom - grid);
      if (handle.includes("s")) bottom = Math.max(y, top + grid);
      const [width, height] = turned ? [bottom - top, right - left] : [right - left, bottom - top];
      const centre = { x: (left + right) / 2, y: (top + bottom) / 2 };
      const next = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
      editor.perform(resize(editor.drawing, id, next), `resize ${id}`);
    },
    end: () => hints.clear(),
    cancel: () => hints.clear(),
  };
}

/** Moves one straight run of the selected pipe sideways. */
export function runGesture({ editor, grid, hints }: Editing, id: string, run: number, from: Point): Gesture {
  const { drawing } = editor;
  const pipe = drawing.pipes?.find((each) => each.id === id);
  const line = pipe && routePipe(pipe, placementsOf(drawing));
  const [a, b] = [line?.[run - 1], line?.[run]];
  if (!a || !b) return NOTHING;
  const horizontal = a.y === b.y;
  const shift = (at: Point) =>
    horizontal ? toGrid(a.y + at.y - from.y, grid) - a.y : toGrid(a.x + at.x - from.x, grid) - a.x;
  return {
    move: (at) => {
      const by = shift(at);
      const moved = horizontal
        ? [
            { x: a.x, y: a.y + by },
            { x: b.x, y: b.y + by },
          ]
        : [
            { x: a.x + by, y: a.y },
            { x: b.x + by, y: b.y },
          ];
      hints.show({ pipe: { path: pathOf([a, ...moved, b]), at, fits: true } });
    },
    end: (at) => {
      hints.clear();
      editor.perform(moveRun(drawing, id, run, shift(at)));
    },
    cancel: () => hints.clear(),
  };
}

const NOTHING: Gesture = { move: () => undefined, end: () => undefined, cancel: () => undefined };

/** Draws a pipe from a port to another one, or into a pipe. */
export function connectGesture({ editor, hints, view, medium }: Editing, from: End): Gesture {
  const { drawing } = editor;
  const placements = placementsOf(drawing);
  const start = placements.get(from.placement) && portOf(placements.get(from.placement)!, from.port);
  if (!start) return NOTHING;
  const target = (at: Point): Target => targetAt(drawing, from, at, PORT_REACH_PX / view.zoom);
  return {
    move: (at) => {
      const found = target(at);
      const hovered =
        found.kind === "port" ? found.end.placement : found.kind === "none" ? found.refused?.placement : undefined;
      hints.show({
        hovered,
        pipe: {
          path: pathOf(lineTo(from, found)),
          at: found.at,
          fits: found.kind !== "none",
          text: hintText(found),
        },
      });
    },
    end: (at) => {
      hints.clear();
      const found = target(at);
      if (found.kind === "port") editor.perform(connect(drawing, from, found.end, randomIds, medium));
      if (found.kind === "pipe")
        editor.perform(connectIntoPipe(drawing, from, found.pipe, found.at, randomIds, medium));
    },
    cancel: () => hints.clear(),
  };

  function lineTo(source: End, found: Target): Point[] {
    if (found.kind === "port") {
      const line = routePipe({ id: "", source, target: found.end, medium: "water" }, placements);
      if (line) return line;
    }
    const joint: Placement = { id: "\u0000", symbol: "junction", ...found.at };
    const open: Pipe = { id: "", source, target: { placement: joint.id, port: "p" }, medium: "water" };
    return routePipe(open, new Map([...placements, [joint.id, joint]])) ?? [start!, found.at];
  }

  function hintText(found: Target): string | undefined {
    if (found.kind === "pipe") {
      const pipe = drawing.pipes!.find(({ id }) => id === found.pipe)!;
      return texts.canvas.joins(pipe.name ?? library.media[pipe.medium].title);
    }
    return found.kind === "none" && found.refused ? texts.canvas.refused : undefined;
  }
}
