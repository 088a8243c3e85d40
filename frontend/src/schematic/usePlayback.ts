import { useEffect, useRef } from "react";
import { momentNow, useMomentOf } from "../moment";
import type { PlaybackCache } from "./core/playbackCache";
import type { TimeWindow } from "./core/window";

/** How many seconds of playback are loaded at a time, and after how many the next ones are. */
const AHEAD_S = 60;
const REFILL_S = 30;
/** Incomplete data is read again after this delay: late samples are being processed. */
const POLL_INTERVAL_MS = 10_000;

/** Prefetches playback data: the whole window, and while playing the next period at a finer resolution. */
export function usePlayback(playback: PlaybackCache, window: TimeWindow, speed: number | null, enabled: boolean): void {
  const { start, end } = useSteady(window);
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout>;
    let ended = false;
    const read = async () => {
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

  const refill = useMomentOf((at) =>
    speed === null || at === null ? null : Math.floor(at / (speed * REFILL_S * 1000)),
  );
  useEffect(() => {
    const at = momentNow();
    if (speed === null || refill === null || at === null) return;
    playback.load({ start: at, end: at + Math.round(speed * AHEAD_S * 1000) }).catch(() => undefined);
  }, [playback, speed, refill]);
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
