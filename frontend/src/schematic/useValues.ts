import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Problem } from "../api/problem";
import { useMoment } from "../moment";
import { Runs, valuesAt } from "./core/runs";
import type { ValueStore } from "./core/store";
import type { Entry, FrameAnswer } from "./core/types";
import type { Window } from "./core/window";
import { FRAMES, readPlayback, useFrame } from "./data";

const SETTLED_MS = 160;

/** `value`, once it has not changed for a moment. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

const entriesOf = (frame: FrameAnswer): [string, Entry][] =>
  frame.values.map(({ sensor, v, t, stale, q, reason }) => [sensor, { v, t, stale, q: q ?? 0, reason }]);

/**
 * Keeps the store at the moment: while live by a frame every two seconds; while the moment moves from columns that were
 * loaded ahead; and once it rests by its own frame, which knows the age of every value.
 */
export function useValues(store: ValueStore, schematic: string | undefined, window: Window, speed: number | null) {
  const { at, live } = useMoment();
  const runs = useMemo(() => new Runs(), [schematic]); // eslint-disable-line react-hooks/exhaustive-deps
  const settled = useSettled(at, SETTLED_MS);
  const resting = live || settled === at;
  const frame = useFrame(schematic, live ? null : settled);
  const loaded = useColumns(runs, schematic, window, at, speed);

  useEffect(() => store.clear(), [store, schematic]);
  useEffect(() => {
    if (live || at === null) return;
    const run = runs.covering(at);
    if (run) store.set(at, valuesAt(run, at));
  }, [store, runs, at, live, loaded]);
  useEffect(() => {
    // A frame of another moment than the one on screen would set values back.
    const data = frame.data;
    if (data && resting && (live ? data.live : data.at === at)) store.set(data.at, entriesOf(data));
  }, [store, frame.data, resting, live, at, loaded]);
  return frame;
}

/** Loads columns ahead: the whole window once, and while playing the stretch that comes next, fine enough to be smooth. */
function useColumns(
  runs: Runs,
  schematic: string | undefined,
  window: Window,
  at: number | null,
  speed: number | null,
): number {
  const client = useQueryClient();
  const [loaded, setLoaded] = useState(0);
  const asked = useRef<Window[]>([]);
  useEffect(() => {
    asked.current = [];
  }, [runs]);
  const stretch = wantedStretch(window, at, speed, asked.current);
  const start = stretch?.start;
  const end = stretch?.end;
  useEffect(() => {
    if (!schematic || start === undefined || end === undefined) return;
    const wanted = { start, end };
    asked.current = [wanted, ...asked.current].slice(0, 6);
    let over = false;
    const read = (range: Window): Promise<void> =>
      client
        .fetchQuery({
          queryKey: ["playback", schematic, range.start, range.end],
          queryFn: ({ signal }) => readPlayback(schematic, range, signal),
          staleTime: 120_000,
          gcTime: 120_000,
        })
        .then((run) => {
          if (over) return;
          runs.add(run);
          setLoaded((count) => count + 1);
        });
    read(wanted).catch((error: unknown) => {
      // Too long a range for now: take as much as is possible around the moment, the rest comes frame by frame.
      const longest = error instanceof Problem ? Number(error.extra.longest_ms) : NaN;
      if (over || !(longest > 0) || at === null) return;
      const from = Math.max(start, Math.round(at - longest * 0.45));
      read({ start: from, end: Math.min(end, from + Math.floor(longest * 0.9)) }).catch(() => undefined);
    });
    return () => {
      over = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, runs, schematic, start, end]);
  return loaded;
}

const covers = (outer: Window, inner: Window) => outer.start <= inner.start && outer.end >= inner.end;

function wantedStretch(window: Window, at: number | null, speed: number | null, asked: Window[]): Window | undefined {
  if (at !== null && speed !== null) {
    // A minute of playing: 600 frames are then ten a second.
    const length = Math.round(speed * 60_000);
    const near = { start: at, end: Math.round(at + length / 3) };
    const step = (range: Window) => (range.end - range.start) / FRAMES;
    if (asked.some((range) => covers(range, near) && step(range) <= (length / FRAMES) * 2)) return asked[0];
    return { start: at, end: at + length };
  }
  const span = window.end - window.start;
  const slack = span / 50;
  const same = asked.find(
    (range) => Math.abs(range.start - window.start) <= slack && Math.abs(range.end - window.end) <= slack,
  );
  return same ?? window;
}
