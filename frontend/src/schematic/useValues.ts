import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { momentNow, onMoment, useMomentOf } from "../moment";
import { Runs, valuesAt } from "./core/runs";
import type { ValueStore } from "./core/store";
import type { Entry, FrameAnswer } from "./core/types";
import type { Window } from "./core/window";
import { readPlayback, useFrame } from "./data";

const SETTLED_MS = 160;
/** How many seconds of playing are loaded at a time, and how many of them may pass before the next are asked for. */
const AHEAD_S = 60;
const REFILL_S = 30;
const KEPT_MS = 120_000;
/** After so long it is asked again whether late data is worked in by now. */
const AGAIN_MS = 10_000;

const entriesOf = (frame: FrameAnswer): [string, Entry][] =>
  frame.values.map(({ sensor, v, t, stale, q, reason }) => [sensor, { v, t, stale, q: q ?? 0, reason }]);

/** The moment, once it has stood still for a while; null while live. Moving alone renders nothing. */
function useSettledMoment(): number | null {
  const [settled, setSettled] = useState(momentNow);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      if (momentNow() === null) setSettled(null);
      else timer = setTimeout(() => setSettled(momentNow()), SETTLED_MS);
    };
    wait();
    const end = onMoment(wait);
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
  return settled;
}

/**
 * Keeps the store at the moment: while live by a frame every two seconds; while the moment moves from columns that were
 * loaded ahead; and once it rests by its own frame, which knows the age of every value.
 */
export function useValues(store: ValueStore, schematic: string, window: Window, speed: number | null) {
  const live = useMomentOf((at) => at === null);
  const settled = useSettledMoment();
  const frame = useFrame(schematic, live ? null : settled);
  const data = frame.data;
  // What is to be seen comes first; only then what may be scrubbed to.
  const [seen, setSeen] = useState(false);
  if (!seen && (data !== undefined || frame.isError)) setSeen(true);
  const { runs, loaded } = useColumns(schematic, window, speed, seen);

  const show = useCallback(() => {
    const at = momentNow();
    // A frame of another moment than the one on screen would set values back.
    if (data && (at === null ? data.live : data.at === at)) store.set(data.at, entriesOf(data));
    else if (at !== null) {
      const run = runs.covering(at);
      if (run) store.set(at, valuesAt(run, at));
    }
  }, [store, runs, data]);
  useEffect(() => {
    show();
    return onMoment(show);
  }, [show, loaded]);
  return frame;
}

/** Loads columns ahead: the whole window once, and while playing the stretch that comes next, fine enough to be smooth. */
function useColumns(schematic: string, window: Window, speed: number | null, enabled: boolean) {
  const client = useQueryClient();
  const runs = useMemo(() => new Runs(), []);
  const [loaded, setLoaded] = useState(0);

  const load = useCallback(
    async (range: Window) => {
      const run = await client.fetchQuery({
        queryKey: ["playback", schematic, range.start, range.end],
        queryFn: (query) => readPlayback(schematic, range, query.signal),
        staleTime: (query) => (query.state.data?.complete ? KEPT_MS : 0),
        gcTime: KEPT_MS,
      });
      runs.add(run);
      setLoaded((count) => count + 1);
      return run;
    },
    [client, runs, schematic],
  );

  const { start, end } = useSteady(window);
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout>;
    const read = async () => {
      // Where there are no columns, values come frame by frame.
      const run = await load({ start, end }).catch(() => undefined);
      if (run?.complete === false && !ended) timer = setTimeout(() => void read(), AGAIN_MS);
    };
    let ended = false;
    void read();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [load, start, end, enabled]);

  const refill = useMomentOf((at) =>
    speed === null || at === null ? null : Math.floor(at / (speed * REFILL_S * 1000)),
  );
  useEffect(() => {
    const at = momentNow();
    if (speed === null || refill === null || at === null) return;
    load({ start: at, end: at + Math.round(speed * AHEAD_S * 1000) }).catch(() => undefined);
  }, [load, speed, refill]);

  return { runs, loaded };
}

/** The window, moved on only when it has crept by a fiftieth: one that ends now would be loaded anew every second. */
function useSteady(window: Window): Window {
  const kept = useRef(window);
  const slack = (window.end - window.start) / 50;
  const old = kept.current;
  const near = Math.abs(old.start - window.start) <= slack && Math.abs(old.end - window.end) <= slack;
  const steady = near ? old : window;
  useEffect(() => {
    kept.current = steady;
  });
  return steady;
}
