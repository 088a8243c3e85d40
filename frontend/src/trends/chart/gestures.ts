import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { useShortcuts } from "../../keyboard";
import { clampSpan, panSpan, zoomSpan } from "../range";
import type { Span } from "../range";

export interface Gestures {
  view: Span;
  /** Moves the chart at once; the server is queried when the pointer rests. */
  glide: (span: Span) => void;
  /** A completed selection: queried at once, and undone by going back. */
  choose: (span: Span) => void;
  back: () => void;
  hover: (t: number | null) => void;
  pin: (t: number) => void;
  /** Shift-click: sets the cursor that others are compared with. */
  refer: (t: number) => void;
}

/** A shorter drag counts as a click. */
const CLICK_TOLERANCE_PX = 5;

/**
 * Mouse: drag zooms, shift-drag pans, wheel zooms at the cursor, double click goes back, click pins the cursor,
 * shift-click the one to compare with. Touch: one finger pans, two zoom, a tap pins. Returns the span being selected.
 */
export function useGestures(area: RefObject<HTMLElement | null>, gestures: Gestures): Span | null {
  const [selecting, setSelecting] = useState<Span | null>(null);
  const now = useRef(gestures);
  const cancel = useRef<() => boolean>(() => false);
  useShortcuts("selection", { cancel: () => cancel.current() });
  useEffect(() => {
    now.current = gestures;
  });
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const down = new Map<number, { x: number; start: number }>();
    let from: { view: Span; shift: boolean; touch: boolean; moved: boolean; spread: number } | null = null;
    let lastTap = { time: 0, x: 0 };

    const timeAt = (x: number, view = now.current.view) => {
      const box = element.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
      return view.start + share * (view.end - view.start);
    };
    const spread = () => {
      const [a, b] = [...down.values()];
      return a && b ? Math.max(10, Math.abs(a.x - b.x)) : 0;
    };
    const begin = (event: PointerEvent) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      down.set(event.pointerId, { x: event.clientX, start: event.clientX });
      from = {
        view: now.current.view,
        shift: event.shiftKey,
        touch: event.pointerType !== "mouse",
        moved: false,
        spread: spread(),
      };
    };
    const move = (event: PointerEvent) => {
      const finger = down.get(event.pointerId);
      if (!finger || !from) {
        if (event.pointerType === "mouse") now.current.hover(timeAt(event.clientX));
        return;
      }
      finger.x = event.clientX;
      const by = finger.x - finger.start;
      if (Math.abs(by) > CLICK_TOLERANCE_PX) from.moved = true;
      if (!from.moved) return;
      const { view } = from;
      const perPixel = (view.end - view.start) / element.clientWidth;
      if (down.size === 2 && from.spread) {
        const [a, b] = [...down.values()];
        const middle = timeAt((a!.x + b!.x) / 2, view);
        now.current.glide(zoomSpan(view, from.spread / spread(), middle));
      } else if (from.touch || from.shift) now.current.glide(panSpan(view, -by * perPixel));
      else {
        const [a, b] = [timeAt(finger.start), timeAt(finger.x)];
        setSelecting({ start: Math.min(a, b), end: Math.max(a, b) });
        now.current.hover(b);
      }
    };
    const end = (event: PointerEvent) => {
      const finger = down.get(event.pointerId);
      down.delete(event.pointerId);
      if (!finger || !from) return;
      const { moved, touch, shift } = from;
      if (down.size > 0) {
        const [rest] = [...down.values()];
        if (rest) rest.start = rest.x;
        from = { ...from, view: now.current.view, spread: 0 };
        return;
      }
      from = null;
      setSelecting(null);
      if (event.type === "pointercancel") return;
      if (!moved && shift && !touch) now.current.refer(timeAt(event.clientX));
      else if (!moved) {
        const double = event.timeStamp - lastTap.time < 350 && Math.abs(event.clientX - lastTap.x) < 24;
        lastTap = { time: double ? 0 : event.timeStamp, x: event.clientX };
        if (double) now.current.back();
        else now.current.pin(timeAt(event.clientX));
      } else if (!touch && !shift) {
        const [a, b] = [timeAt(finger.start), timeAt(event.clientX)];
        now.current.choose(clampSpan({ start: Math.min(a, b), end: Math.max(a, b) }));
      }
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { view } = now.current;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = (event.deltaX || event.deltaY) / element.clientWidth;
        now.current.glide(panSpan(view, by * (view.end - view.start)));
      } else now.current.glide(zoomSpan(view, Math.exp(event.deltaY * 0.0015), timeAt(event.clientX)));
    };
    const leave = (event: PointerEvent) => {
      if (event.pointerType === "mouse" && down.size === 0) now.current.hover(null);
    };
    cancel.current = () => {
      if (!from) return false;
      down.clear();
      from = null;
      setSelecting(null);
      return true;
    };
    element.addEventListener("pointerdown", begin);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", begin);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", end);
      element.removeEventListener("pointercancel", end);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("wheel", wheel);
    };
  }, [area]);
  return selecting;
}
