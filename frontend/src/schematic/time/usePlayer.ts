import { useEffect, useRef } from "react";
import { momentNow, setMoment } from "../../moment";
import { looped } from "../core/loop";
import type { TimeWindow } from "../core/window";

const FORWARD = [1, 10, 60, 600, 3600, 86_400] as const;
/** Times the clock's speed; negative ones go backwards. */
export const SPEEDS: readonly number[] = [...FORWARD, ...FORWARD.map((speed) => -speed)];

/**
 * Moves the moment with the clock, `speed` times as fast, inside the loop if there is one; at the present it becomes
 * live and stops.
 */
export function usePlayer(speed: number | null, stop: () => void, loop: TimeWindow | null = null): void {
  const ended = useRef(stop);
  ended.current = stop;
  const around = useRef(loop);
  around.current = loop;
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
      at = looped(at + (now - last) * speed, around.current, speed > 0);
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
