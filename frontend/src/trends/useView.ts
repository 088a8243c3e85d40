import { useCallback, useEffect, useRef, useState } from "react";
import { clampSpan, panSpan, resolveRange, zoomSpan } from "./range";
import type { Range, Span } from "./range";

/** How long a gesture must rest before the server is queried. */
const SETTLED_MS = 180;

/**
 * The range in view: the address's, or during a gesture the gesture's. Remembers earlier ranges, so
 * that the user can go back step by step.
 */
export function useView(
  range: Range,
  at: number | null,
  now: number,
  setRange: (range: Range, replace?: boolean) => void,
) {
  const span = resolveRange(range, at, now);
  const [gliding, setGliding] = useState<Span | null>(null);
  const before = useRef<Range[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const current = useRef({ range, gliding, span });
  current.current = { range, gliding, span };

  useEffect(() => {
    setGliding(null);
  }, [range]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const remember = useCallback(() => {
    before.current = [...before.current.slice(-49), current.current.range];
  }, []);
  const choose = useCallback(
    (next: Span) => {
      clearTimeout(timer.current);
      remember();
      setRange({ kind: "fixed", ...clampSpan(next) });
    },
    [remember, setRange],
  );
  const glide = useCallback(
    (next: Span) => {
      if (!current.current.gliding) remember();
      const clamped = clampSpan(next);
      current.current.gliding = clamped;
      setGliding(clamped);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setRange({ kind: "fixed", ...clamped }), SETTLED_MS);
    },
    [remember, setRange],
  );
  const preset = useCallback(
    (next: Range) => {
      clearTimeout(timer.current);
      remember();
      setRange(next);
    },
    [remember, setRange],
  );
  const back = useCallback(() => {
    clearTimeout(timer.current);
    const previous = before.current.pop();
    // A link opened here has no earlier range; going back zooms out instead.
    setRange(previous ?? { kind: "fixed", ...clampSpan(zoomSpan(current.current.span, 3)) }, true);
  }, [setRange]);
  const view = gliding ?? span;
  const shift = (share: number) => choose(panSpan(view, share * (view.end - view.start)));
  const zoom = (factor: number, around?: number) => choose(zoomSpan(view, factor, around));
  return { span, view, choose, glide, preset, back, shift, zoom };
}
