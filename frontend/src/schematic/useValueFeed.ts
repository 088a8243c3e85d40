import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { liveStream } from "../stream";
import { frameAt } from "./core/playback";
import { KEYFRAMES, valuesAt } from "./core/playbackCache";
import type { PlaybackCache } from "./core/playbackCache";
import type { ValueStore } from "./core/store";
import type { PlaybackData } from "./core/types";
import type { TimeWindow } from "./core/window";
import { readFrame } from "./data";
import { APPLICATION, useSourceOf } from "./momentSource";
import type { MomentSource } from "./momentSource";
import { entriesOf, liveEntriesOf, useLiveEntries, useLiveFrame } from "./useLiveFrame";
import { usePlayback } from "./usePlayback";

const SETTLED_MS = 160;

/** The moment, once it has rested for a while; null while live. A moving moment alone renders nothing. */
export function useSettledMoment(source: MomentSource = APPLICATION): number | null {
  const [settled, setSettled] = useState(source.now);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      if (source.now() === null) setSettled(null);
      else timer = setTimeout(() => setSettled(source.now()), SETTLED_MS);
    };
    wait();
    const end = source.listen(wait);
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [source]);
  return settled;
}

interface Feed {
  store: ValueStore;
  playback: PlaybackCache;
  schematic: string;
  window: TimeWindow;
  speed: number | null;
  loop?: TimeWindow | null;
  source?: MomentSource;
  /** Off for a moment that does not move. */
  prefetch?: boolean;
}

/**
 * Keeps the store at the moment: while live from one frame and the stream, or from a frame every two seconds without it;
 * while the moment moves from playback data, and once it rests from its own frame, which has the age of every value.
 * What is not of the moment is never shown as if it were: back at the present the values of the past are removed at once,
 * and those of another moment of the past are marked until that moment's have arrived.
 */
export function useValueFeed(feed: Feed) {
  const { store, playback, schematic, window, speed, loop = null, source = APPLICATION, prefetch = true } = feed;
  const live = useSourceOf(source, (at) => at === null);
  const settled = useSettledMoment(source);
  const frame = useLiveFrame(schematic, live ? null : settled);
  const data = frame.data;
  useLiveEntries(store, live ? data : undefined);
  // The visible frame comes first; only then data for scrubbing.
  const [seen, setSeen] = useState(false);
  if (!seen && (data !== undefined || frame.isError)) setSeen(true);
  usePlayback(playback, { window, speed, loop, source }, seen && prefetch);
  const pursue = usePursuit(store, playback, schematic, source);

  const shown = useRef<{ of: PlaybackData; index: number } | null>(null);
  const show = useCallback(() => {
    const at = source.now();
    const covering = at === null || data?.at === at ? undefined : playback.covering(at);
    const index = covering ? frameAt(covering.t, at!) : -1;
    // Between two frames nothing changes but the moment.
    if (covering && shown.current?.of === covering && shown.current.index === index) return store.move(at!);
    shown.current = covering ? { of: covering, index } : null;
    if (at === null) {
      if (data?.live) store.set(Math.max(data.at, liveStream.now()), liveEntriesOf(data), "live");
      else if (store.of !== "live") store.clear();
    } else if (data?.at === at) store.set(at, entriesOf(data));
    else if (covering) store.set(at, valuesAt(covering, at), covering.t.length > KEYFRAMES ? "past" : "other");
    else {
      store.outdate();
      pursue();
    }
  }, [store, playback, data, source, pursue]);
  useEffect(() => {
    show();
    const ends = [source.listen(show), playback.subscribe(show)];
    return () => ends.forEach((end) => end());
  }, [show, playback, source]);
  return frame;
}

/** Reads frames one after another, each of the newest moment, while no playback data covers it. */
function usePursuit(store: ValueStore, playback: PlaybackCache, schematic: string, source: MomentSource) {
  const pursuit = useMemo(() => new Pursuit(store, playback, schematic, source), [store, playback, schematic, source]);
  useEffect(() => pursuit.join(), [pursuit]);
  return pursuit.begin;
}

class Pursuit {
  private joined = false;
  private running = false;
  private readonly store: ValueStore;
  private readonly playback: PlaybackCache;
  private readonly schematic: string;
  private readonly source: MomentSource;

  constructor(store: ValueStore, playback: PlaybackCache, schematic: string, source: MomentSource) {
    this.store = store;
    this.playback = playback;
    this.schematic = schematic;
    this.source = source;
  }

  /** Until the returned function is called: then the store shows something else, and what arrives late is not of that. */
  join(): () => void {
    this.joined = true;
    return () => (this.joined = false);
  }

  begin = (): void => {
    if (this.running) return;
    this.running = true;
    // The frame of the moment at rest is read anyway, and says what is wrong.
    void this.run()
      .catch(() => undefined)
      .finally(() => (this.running = false));
  };

  private async run(): Promise<void> {
    for (let at = this.uncovered(); at !== null;) {
      const found = await readFrame(this.schematic, at);
      if (!this.joined) return;
      const next = this.uncovered();
      if (next !== null) this.store.set(found.at, entriesOf(found), found.at === next ? "past" : "other");
      at = next === at ? null : next;
    }
  }

  private uncovered(): number | null {
    const at = this.source.now();
    return at === null || this.playback.covering(at) ? null : at;
  }
}
