import { useEffect, useRef } from "react";
import { typing } from "../search/useKeys";
import type { Cursor } from "./chart/cursor";
import type { Trace } from "./lanes";
import { lastAtOrBefore } from "../series/view";
import type { Span } from "./range";
import type { Mode } from "./state";

interface Input {
  cursor: Cursor;
  traces: Trace[];
  view: Span;
  move: { back: () => void; shift: (share: number) => void; zoom: (factor: number, around?: number) => void };
  mode: Mode;
  setMode: (mode: Mode) => void;
  seePlant: () => void;
  pin: (t: number) => void;
}

/** The sample before or after the cursor, of whichever sensor is nearest. */
export function neighbour(traces: Trace[], t: number, direction: 1 | -1): number | null {
  let best: number | null = null;
  for (const { series } of traces) {
    if (!series) continue;
    const at = lastAtOrBefore(series.t, direction > 0 ? t : t - 1);
    const found = series.t[direction > 0 ? at + 1 : at];
    if (found === undefined) continue;
    if (best === null || (direction > 0 ? found < best : found > best)) best = found;
  }
  return best;
}

export function useTrendKeys(input: Input): void {
  const now = useRef(input);
  now.current = input;
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const { cursor, traces, view, move, mode, setMode, seePlant, pin } = now.current;
      const step = (direction: 1 | -1) => {
        const from = cursor.get() ?? (direction > 0 ? view.start : view.end);
        const t = neighbour(traces, from, direction);
        if (t !== null) pin(t);
      };
      const noisy = traces.some((each) => each.series?.method === "band");
      const acts: Record<string, () => void> = {
        Backspace: () => move.back(),
        ArrowLeft: () => move.shift(-0.25),
        ArrowRight: () => move.shift(0.25),
        "+": () => move.zoom(0.5, cursor.get() ?? undefined),
        "=": () => move.zoom(0.5, cursor.get() ?? undefined),
        "-": () => move.zoom(2),
        ",": () => step(-1),
        ".": () => step(1),
        b: () => setMode(mode === "band" || (mode === "auto" && noisy) ? "line" : "band"),
        p: () => seePlant(),
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
