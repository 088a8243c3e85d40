import { useEffect, useRef, useSyncExternalStore } from "react";
import { PRIORITIES } from "./types";
import type { Counts, Priority } from "./types";

const KEY = "plantrace.alarm-sound";
const listeners = new Set<() => void>();

const read = () => localStorage.getItem(KEY) === "on";

export function setSound(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
  if (on) play(4);
  for (const listener of listeners) listener();
}

/** Whether this browser is to sound when an alarm is raised; off until somebody switches it on. */
export function useSound(): boolean {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return useSyncExternalStore(subscribe, read);
}

/** The more important the higher, and the more often: 3 tones for priority 1, one for priority 4. */
const TONES: Record<Priority, { hz: number; times: number }> = {
  1: { hz: 988, times: 3 },
  2: { hz: 784, times: 2 },
  3: { hz: 587, times: 2 },
  4: { hz: 440, times: 1 },
};
const TONE_S = 0.16;
const PAUSE_S = 0.1;

let context: AudioContext | undefined;

function play(priority: Priority): void {
  context ??= new AudioContext();
  // A browser lets a page sound only after somebody has clicked in it.
  void context.resume().catch(() => undefined);
  const { hz, times } = TONES[priority];
  for (let k = 0; k < times; k += 1) {
    const begin = context.currentTime + k * (TONE_S + PAUSE_S);
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.2, begin + 0.02);
    volume.gain.linearRampToValueAtTime(0, begin + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + TONE_S);
  }
}

/** The most important priority of which there are more than before; undefined if of none. */
export const moreOf = (before: readonly number[], after: readonly number[]): Priority | undefined =>
  PRIORITIES.find((priority) => (after[priority - 1] ?? 0) > (before[priority - 1] ?? 0));

/** Sounds when an alarm comes that was not there before. */
export function useAlarmSound(counts: Counts | undefined): void {
  const on = useSound();
  const before = useRef<readonly number[] | undefined>(undefined);
  useEffect(() => {
    if (!counts) return;
    const priority = before.current && moreOf(before.current, counts.by_priority);
    before.current = counts.by_priority;
    if (on && priority) play(priority);
  }, [counts, on]);
}
