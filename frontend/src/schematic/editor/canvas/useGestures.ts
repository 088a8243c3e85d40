import { useRef } from "react";
import type { PointerEvent, RefObject } from "react";
import { partsOf } from "../../core/edit/builder";
import type { Point } from "../../core/types";
import { useEditing } from "../context";
import type { Gesture } from "./gestures";
import { areaGesture, connectGesture, moveGesture, panGesture, resizeGesture, runGesture } from "./gestures";
import { placeAt } from "../placing";

const THRESHOLD_PX = 3;

interface Running {
  gesture: Gesture;
  from: Point;
  moved: boolean;
}

/** Turns what the pointer does on the canvas into gestures: one at a time, until it is let go or Escape is pressed. */
export function useGestures(root: RefObject<HTMLElement | null>, preview: boolean) {
  const editing = useEditing();
  const { editor, hints, view, armed, arm } = editing;
  const running = useRef<Running | undefined>(undefined);

  const begin = (event: PointerEvent, gesture: Gesture) => {
    running.current = { gesture, from: { x: event.clientX, y: event.clientY }, moved: false };
    root.current!.setPointerCapture(event.pointerId);
  };

  const onPointerDown = (event: PointerEvent) => {
    const target = event.target as Element;
    if (target.closest("button") || running.current) return;
    root.current!.focus({ preventScroll: true });
    root.current!.toggleAttribute("data-pointed", true);
    const touchesNothing = !target.closest("[data-part], [data-port], [data-handle], [data-run]");
    if (event.button === 1 || event.button === 2 || preview || (event.pointerType === "touch" && touchesNothing)) {
      return begin(event, panGesture(editing));
    }
    if (event.button !== 0) return;
    const at = view.toDrawing({ x: event.clientX, y: event.clientY });
    if (armed !== undefined) {
      placeAt(editing, armed, at);
      if (!event.shiftKey) arm(undefined);
      return;
    }
    begin(event, gestureFor(target, event, at));
  };

  const gestureFor = (target: Element, event: PointerEvent, at: Point): Gesture => {
    const port = target.closest<SVGElement>("[data-port]");
    if (port) return connectGesture(editing, { placement: port.dataset.of!, port: port.dataset.port! });
    const handle = target.closest<SVGElement>("[data-handle]")?.dataset.handle;
    const [only] = editor.selection;
    if (handle && only) return resizeGesture(editing, only, handle);
    const run = target.closest<SVGElement>("[data-run]")?.dataset.run;
    if (run && only) return runGesture(editing, only, Number(run), at);
    const part = target.closest<HTMLElement>("[data-part]")?.dataset.part;
    if (part === undefined || isFixed(part)) return areaGesture(editing, at, event.shiftKey);
    const chosen = editor.selection.has(part) && !event.shiftKey;
    if (!chosen) editor.click(part, event.shiftKey);
    const gesture = moveGesture(editing, root.current!, at);
    const cancel = (clicked: boolean) => {
      gesture.cancel(clicked);
      if (clicked && chosen) editor.click(part, false); // of several that were chosen
    };
    return { ...gesture, cancel };
  };

  const isFixed = (id: string) => {
    const found = partsOf(editor.drawing).find(({ part }) => part.id === id);
    return found !== undefined && editor.isFixed(found.part);
  };

  const onPointerMove = (event: PointerEvent) => {
    const now = running.current;
    const client = { x: event.clientX, y: event.clientY };
    if (!now) {
      const over = (event.target as Element).closest<HTMLElement>("[data-symbol][data-part], [data-port]");
      const hovered = over?.dataset.of ?? over?.dataset.part;
      if (hovered !== hints.current.hovered) hints.show(hovered === undefined ? {} : { hovered });
      return;
    }
    if (!now.moved && Math.hypot(client.x - now.from.x, client.y - now.from.y) < THRESHOLD_PX) return;
    now.moved = true;
    now.gesture.move(view.toDrawing(client), event);
  };

  const finish = (event: PointerEvent, completed: boolean) => {
    const now = running.current;
    if (!now) return;
    running.current = undefined;
    if (completed && now.moved) now.gesture.end(view.toDrawing({ x: event.clientX, y: event.clientY }));
    else now.gesture.cancel(completed);
    editor.seal();
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp: (event: PointerEvent) => finish(event, true),
    onKeyDown: () => root.current!.toggleAttribute("data-pointed", false),
    onPointerCancel: (event: PointerEvent) => finish(event, false),
    onPointerLeave: () => running.current === undefined && hints.clear(),
    onContextMenu: (event: React.MouseEvent) => event.preventDefault(),
  };
}
