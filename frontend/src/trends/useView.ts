import { useCallback, useEffect, useRef, useState } from "react";
import { clampSpan, panSpan, resolveRange, zoomSpan } from "./range";
import type { Range, Span } from "./range";

/** A hand that rests this long has arrived: ask the server. */
const SETTLED_MS = 180;

/**
 * What is in view: the address's range, or, while a hand moves it, where the hand is. Remembers the ranges before, so
 * that one can go back step by step.
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
    // A link opened here has nothing before it; a wider look is what a person wants then.
    setRange(previous ?? { kind: "fixed", ...clampSpan(zoomSpan(current.current.span, 3)) }, true);
  }, [setRange]);
  const view = gliding ?? span;
  const shift = (share: number) => choose(panSpan(view, share * (view.end - view.start)));
  const zoom = (factor: number, around?: number) => choose(zoomSpan(view, factor, around));
  return { span, view, choose, glide, preset, back, shift, zoom };
}
