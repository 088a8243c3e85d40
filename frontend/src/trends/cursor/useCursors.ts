import { useCallback, useEffect, useState } from "react";
import { useParam } from "../../moment";
import { makeCursor } from "../chart/cursor";

const instant = (text: string | null): number | null => {
  const t = text ? Number(text) : NaN;
  return Number.isFinite(t) ? t : null;
};

/**
 * The two cursors of a trend, whose pinned places are in the address: the one that follows the pointer and returns to
 * its place (`c`), and the reference that its values are compared with (`ref`).
 */
export function useCursors() {
  const [c, setC] = useParam("c");
  const [ref, setRef] = useParam("ref");
  const pinned = instant(c);
  const reference = instant(ref);
  const [cursor] = useState(() => makeCursor(pinned));
  const hover = useCallback(
    (t: number | null) => (t !== null || pinned !== null) && cursor.set(t ?? pinned),
    [cursor, pinned],
  );
  const pin = useCallback((t: number) => setC(Math.round(t)), [setC]);
  const setReference = useCallback((t: number | null) => setRef(t === null ? null : Math.round(t)), [setRef]);
  useEffect(() => {
    if (pinned !== null) cursor.set(pinned);
  }, [cursor, pinned]);
  return { cursor, pinned, hover, pin, reference, setReference };
}
