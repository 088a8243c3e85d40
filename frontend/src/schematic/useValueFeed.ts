import { useCallback, useEffect, useState } from "react";
import { momentNow, onMoment, useMomentOf } from "../moment";
import { liveStream } from "../stream";
import { valuesAt } from "./core/playbackCache";
import type { PlaybackCache } from "./core/playbackCache";
import type { ValueStore } from "./core/store";
import type { TimeWindow } from "./core/window";
import { entriesOf, liveEntriesOf, useLiveEntries, useLiveFrame } from "./useLiveFrame";
import { usePlayback } from "./usePlayback";

const SETTLED_MS = 160;

/** The moment, once it has rested for a while; null while live. A moving moment alone renders nothing. */
export function useSettledMoment(): number | null {
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

interface Feed {
  store: ValueStore;
  playback: PlaybackCache;
  schematic: string;
  window: TimeWindow;
  speed: number | null;
}

/**
 * Keeps the store at the moment: while live from one frame and the stream, or from a frame every two seconds without it;
 * while the moment moves from playback data, and once it rests from its own frame, which has the age of every value.
 */
export function useValueFeed({ store, playback, schematic, window, speed }: Feed) {
  const live = useMomentOf((at) => at === null);
  const settled = useSettledMoment();
  const frame = useLiveFrame(schematic, live ? null : settled);
  const data = frame.data;
  useLiveEntries(store, live ? data : undefined);
  // The visible frame comes first; only then data for scrubbing.
  const [seen, setSeen] = useState(false);
  if (!seen && (data !== undefined || frame.isError)) setSeen(true);
  usePlayback(playback, window, speed, seen);

  const show = useCallback(() => {
    const at = momentNow();
    // A frame of another moment than the one on screen would reset values.
    if (data && at === null && data.live) store.set(Math.max(data.at, liveStream.now()), liveEntriesOf(data));
    else if (data && data.at === at) store.set(data.at, entriesOf(data));
    else if (at !== null) {
      const found = playback.covering(at);
      if (found) store.set(at, valuesAt(found, at));
    }
  }, [store, playback, data]);
  useEffect(() => {
    show();
    const ends = [onMoment(show), playback.subscribe(show)];
    return () => ends.forEach((end) => end());
  }, [show, playback]);
  return frame;
}
