import { useShortcuts } from "../keyboard";
import { lastAtOrBefore } from "../series/view";
import type { Cursor } from "./chart/cursor";
import type { Trace } from "./lanes";
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

/** The nearest sample of any sensor before or after the cursor. */
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

export function useTrendKeys({ cursor, traces, view, move, mode, setMode, seePlant, pin }: Input): void {
  const step = (direction: 1 | -1) => {
    const from = cursor.get() ?? (direction > 0 ? view.start : view.end);
    const t = neighbour(traces, from, direction);
    if (t !== null) pin(t);
  };
  const noisy = traces.some((each) => each.series?.method === "band");
  useShortcuts("trends", {
    back: move.back,
    earlier: () => move.shift(-0.25),
    later: () => move.shift(0.25),
    zoomIn: () => move.zoom(0.5, cursor.get() ?? undefined),
    zoomOut: () => move.zoom(2),
    previousSample: () => step(-1),
    nextSample: () => step(1),
    method: () => setMode(mode === "band" || (mode === "auto" && noisy) ? "line" : "band"),
    plant: seePlant,
  });
}
