// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setMoment } from "../moment";
import { FRAMES, PlaybackCache } from "./core/playbackCache";
import type { PlaybackData } from "./core/types";
import type { TimeWindow } from "./core/window";
import { usePlayback, useSteady } from "./usePlayback";
import { useTimeWindow } from "./useTimeWindow";
import { useSettledMoment } from "./useValueFeed";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  history.replaceState(null, "", "/t/plant/plant");
  setMoment(null);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it("the moment has settled once it has rested for a while; live at once", async () => {
  const { result } = renderHook(() => useSettledMoment());
  act(() => setMoment(1000));
  await later(100);
  act(() => setMoment(2000));
  await later(100);
  expect(result.current).toBeNull();
  await later(60);
  expect(result.current).toBe(2000);
  act(() => setMoment(null));
  expect(result.current).toBeNull();
});

it("the time bar's window follows the clock while live, and stays while the moment moves inside it", async () => {
  const { result } = renderHook(() => useTimeWindow(8 * HOUR));
  const first = result.current.end;
  await later(60_000);
  expect(result.current.end).toBeGreaterThan(first);
  const end = result.current.end;
  act(() => setMoment(NOW - HOUR));
  expect(result.current.end - end).toBeLessThan(HOUR / 100);
  act(() => setMoment(NOW - 100 * HOUR));
  const far = result.current;
  expect(far.start).toBeLessThan(NOW - 100 * HOUR);
  act(() => setMoment(NOW - 101 * HOUR));
  expect(result.current).toEqual(far);
});

it("the range to load moves only when the window has drifted by a fiftieth", () => {
  const at = (end: number): TimeWindow => ({ start: end - 100, end });
  const { result, rerender } = renderHook((window: TimeWindow) => useSteady(window), { initialProps: at(100) });
  rerender(at(102));
  expect(result.current).toEqual(at(100));
  rerender(at(103));
  expect(result.current).toEqual(at(103));
});

function playback(complete: () => boolean) {
  const ranges: TimeWindow[] = [];
  const cache = new PlaybackCache((range, frames) => {
    if (frames === FRAMES) ranges.push(range);
    return Promise.resolve({ ...range, t: [range.start, range.end], complete: complete() } as unknown as PlaybackData);
  });
  return { cache, ranges };
}

it("playback data is read for the window once enabled, and again while it is incomplete", async () => {
  let complete = false;
  const { cache, ranges } = playback(() => complete);
  const window = { start: 0, end: HOUR };
  const { rerender } = renderHook(({ may }) => usePlayback(cache, { window, speed: null }, may), {
    initialProps: { may: false },
  });
  await later(0);
  expect(ranges).toEqual([]);
  rerender({ may: true });
  await later(0);
  expect(ranges).toEqual([window]);
  complete = true;
  await later(10_000);
  expect(ranges).toHaveLength(2);
  await later(60_000);
  expect(ranges).toHaveLength(2);
});

it("while playing, the next minute is read every half minute of playback", async () => {
  const { cache, ranges } = playback(() => true);
  const start = 60_000 * 30 * 1_000_000;
  act(() => setMoment(start));
  renderHook(() => usePlayback(cache, { window: { start: 0, end: HOUR }, speed: 60 }, false));
  await later(0);
  expect(ranges).toEqual([{ start, end: start + HOUR }]);
  act(() => setMoment(start + HOUR / 2 - 1));
  await later(0);
  expect(ranges).toHaveLength(1);
  act(() => setMoment(start + HOUR / 2));
  await later(0);
  expect(ranges).toHaveLength(2);
});

it("played backwards, the minute before is read; a loop is read whole", async () => {
  const { cache, ranges } = playback(() => true);
  const start = 60_000 * 30 * 1_000_000;
  act(() => setMoment(start));
  const loop = { start: start - 5000, end: start + 5000 };
  renderHook(() => usePlayback(cache, { window: { start: 0, end: HOUR }, speed: -60, loop }, true));
  await later(0);
  expect(ranges).toContainEqual({ start: start - HOUR, end: start });
  expect(ranges).toContainEqual(loop);
});
