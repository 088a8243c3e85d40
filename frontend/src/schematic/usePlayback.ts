import { useEffect, useRef } from "react";
import type { PlaybackCache } from "./core/playbackCache";
import type { TimeWindow } from "./core/window";
import { APPLICATION, useSourceOf } from "./momentSource";
import type { MomentSource } from "./momentSource";

/** How many seconds of playback are loaded at a time, and after how many the next ones are. */
const AHEAD_S = 60;
const REFILL_S = 30;
/** Incomplete data is read again after this delay: late samples are being processed. */
const POLL_INTERVAL_MS = 10_000;

interface Wanted {
  window: TimeWindow;
  speed: number | null;
  /** The window that is played again and again. */
  loop?: TimeWindow | null;
  source?: MomentSource;
}

/**
 * Prefetches playback data: of the whole window first a few frames, then all; the loop; and while playing the next period,
 * in the direction of time, at a finer resolution.
 */
export function usePlayback(
  playback: PlaybackCache,
  { window, speed, loop, source = APPLICATION }: Wanted,
  enabled: boolean,
): void {
  const { start, end } = useSteady(window);
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout>;
    let ended = false;
    const read = async () => {
      await playback.loadKeyframes({ start, end }).catch(() => undefined);
      if (ended) return;
      // Without playback data the values are read frame by frame.
      const data = await playback.load({ start, end }).catch(() => undefined);
      if (data?.complete === false && !ended) timer = setTimeout(() => void read(), POLL_INTERVAL_MS);
    };
    void read();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [playback, start, end, enabled]);

  const [from, to] = [loop?.start, loop?.end];
  useEffect(() => {
    if (enabled && from !== undefined && to !== undefined)
      playback.load({ start: from, end: to }).catch(() => undefined);
  }, [playback, enabled, from, to]);

  const refill = useSourceOf(source, (at) =>
    speed === null || at === null ? null : Math.floor(at / (Math.abs(speed) * REFILL_S * 1000)),
  );
  useEffect(() => {
    const at = source.now();
    if (speed === null || refill === null || at === null) return;
    const ahead = Math.round(speed * AHEAD_S * 1000);
    playback.load({ start: Math.min(at, at + ahead), end: Math.max(at, at + ahead) }).catch(() => undefined);
  }, [playback, source, speed, refill]);
}

/** The window, moved only after it has drifted by a fiftieth; otherwise a live one would be loaded every second. */
export function useSteady(window: TimeWindow): TimeWindow {
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
