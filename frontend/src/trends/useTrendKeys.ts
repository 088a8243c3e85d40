import { useShortcuts } from "../keyboard";
import { lastAtOrBefore } from "../series/view";
import type { Cursor } from "./chart/cursor";
import type { Trace } from "./lanes";
import { exactShift, LAYOUTS, PLOTS } from "./options";
import type { Options } from "./options";
import type { Span } from "./range";
import type { Mode } from "./state";

interface Input {
  cursor: Cursor;
  traces: Trace[];
  view: Span;
  move: { back: () => void; shift: (share: number) => void; zoom: (factor: number, around?: number) => void };
  mode: Mode;
  setMode: (mode: Mode) => void;
  options: Options;
  setOptions: (changed: Partial<Options>) => void;
  seePlant: () => void;
  pin: (t: number) => void;
  reference: number | null;
  setReference: (t: number | null) => void;
  paste: () => void;
  mark: () => void;
}

const after = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length]!;

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

export function useTrendKeys(input: Input): void {
  const { cursor, traces, view, move, mode, setMode, options, setOptions, seePlant, pin, paste, mark } = input;
  const { reference, setReference } = input;
  const step = (direction: 1 | -1) => {
    const from = cursor.get() ?? (direction > 0 ? view.start : view.end);
    const t = neighbour(traces, from, direction);
    if (t !== null) pin(t);
  };
  const noisy = traces.some((each) => each.series?.method === "band");
  const refer = () => {
    const t = cursor.get() ?? view.end;
    setReference(reference !== null && Math.round(t) === reference ? null : t);
  };
  const previous = exactShift(Math.round(view.end - view.start));
  useShortcuts("trends", {
    reference: refer,
    plot: () => setOptions({ plot: after(PLOTS, options.plot) }),
    layout: () => setOptions({ layout: after(LAYOUTS, options.layout) }),
    log: () => setOptions({ log: !options.log }),
    steps: () => setOptions({ steps: !options.steps }),
    ranges: () => setOptions({ ranges: !options.ranges }),
    compare: () => setOptions({ compare: options.compare ? null : previous }),
    paste,
    mark,
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
