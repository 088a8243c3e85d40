import { useEffect, useRef } from "react";
import { momentNow, setMoment } from "../../moment";

export const SPEEDS = [1, 10, 60, 600, 3600, 86_400] as const;

/** Moves the moment with the clock, `speed` times as fast; at the present it becomes live and stops. */
export function usePlayer(speed: number | null, stop: () => void): void {
  const ended = useRef(stop);
  ended.current = stop;
  useEffect(() => {
    if (speed === null) return;
    let last = performance.now();
    let at = momentNow();
    let request = requestAnimationFrame(function step(now) {
      const shown = momentNow();
      if (shown === null || at === null) {
        ended.current();
        return;
      }
      // The playhead was moved meanwhile: continue from there.
      if (Math.abs(shown - at) > 1) at = shown;
      at += (now - last) * speed;
      last = now;
      if (at >= Date.now()) {
        setMoment(null);
        ended.current();
        return;
      }
      setMoment(at);
      request = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(request);
  }, [speed]);
}
