import { useEffect, useMemo, useRef } from "react";
import { useMomentOf, useNowOf } from "../moment";
import { windowAt } from "./core/window";
import type { TimeWindow } from "./core/window";

/** The window of the time bar: it stays while the moment moves inside it, and follows the clock if it ends now. */
export function useTimeWindow(span: number): TimeWindow {
  const pinned = useRef<TimeWindow | null>(null);
  // Live, steps of one pixel are enough.
  const step = Math.max(1000, Math.round(span / 2000));
  const clock = useNowOf((now) => Math.ceil(now / step) * step);
  const end = useMomentOf((at) => {
    const old = pinned.current;
    const kept = at !== null && old && old.end - old.start === span ? old.end : null;
    return windowAt(at, clock, span, kept).end;
  });
  const window = useMemo(() => ({ start: end - span, end }), [end, span]);
  useEffect(() => {
    pinned.current = window;
  }, [window]);
  return window;
}
