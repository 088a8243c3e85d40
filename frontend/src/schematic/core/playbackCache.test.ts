import { expect, test, vi } from "vitest";
import { FRAMES, KEYFRAMES, PlaybackCache, valuesAt } from "./playbackCache";
import type { PlaybackData } from "./types";

function playback(t: number[], v: number[], rest: Partial<PlaybackData> = {}): PlaybackData {
  return {
    start: t[0]!,
    end: t.at(-1)!,
    t: Float64Array.from(t),
    columns: new Map([["s", { v: Float32Array.from(v) }]]),
    rung: "raw",
    complete: true,
    stale: { s: [[1, 2]] },
    changed: {},
    bad: {},
    version: null,
    versions: [],
    ...rest,
  };
}

const coarse = playback([0, 100, 200], [1, 2, 3]);
const fine = playback([100, 110, 120], [20, 21, NaN]);
const range = ({ start, end }: PlaybackData) => ({ start, end });

function cacheOf(...known: PlaybackData[]) {
  const read = vi.fn((wanted: { start: number }) =>
    Promise.resolve(known.find((each) => each.start === wanted.start)!),
  );
  return { cache: new PlaybackCache(read), read };
}

test("the finest data that covers a moment provides its values", async () => {
  const { cache } = cacheOf(coarse, fine);
  await cache.load(range(coarse));
  await cache.load(range(fine));
  expect(valuesAt(cache.covering(115)!, 115)).toEqual([
    ["s", { v: 21, t: null, stale: true, q: 0, reason: "too old" }],
  ]);
  expect(valuesAt(cache.covering(120)!, 120)[0]![1]).toMatchObject({ v: null, reason: "no data" });
  expect(valuesAt(cache.covering(200)!, 200)[0]![1].v).toBe(3);
  expect(cache.covering(201)).toBeUndefined();
});

test("a range is read once, also when requested concurrently, and again when it has aged", async () => {
  const { cache, read } = cacheOf(coarse);
  await Promise.all([cache.load(range(coarse), 0), cache.load(range(coarse), 0)]);
  await cache.load(range(coarse), 119_999);
  expect(read).toHaveBeenCalledTimes(1);
  await cache.load(range(coarse), 120_000);
  expect(read).toHaveBeenCalledTimes(2);
});

test("incomplete data is read again, and the new data replaces it", async () => {
  const { cache, read } = cacheOf(playback([0, 100, 200], [1, 2, 3], { complete: false }));
  await cache.load({ start: 0, end: 200 });
  read.mockResolvedValueOnce(coarse);
  await cache.load({ start: 0, end: 200 });
  expect(cache.covering(50)).toBe(coarse);
});

test("listeners are called after a load, not after a failure, and a failure is not cached", async () => {
  const { cache, read } = cacheOf(coarse);
  const listener = vi.fn();
  const leave = cache.subscribe(listener);
  read.mockRejectedValueOnce(new Error("down"));
  await expect(cache.load(range(coarse))).rejects.toThrow("down");
  expect(listener).not.toHaveBeenCalled();
  await cache.load(range(coarse));
  expect(listener).toHaveBeenCalledTimes(1);
  leave();
  await cache.load(range(coarse), Infinity);
  expect(listener).toHaveBeenCalledTimes(1);
});

test("keyframes are read first where nothing covers the range, and finer data replaces them", async () => {
  const keys = playback([0, 200], [1, 3]);
  const read = vi.fn((_: unknown, frames: number) => Promise.resolve(frames === KEYFRAMES ? keys : coarse));
  const cache = new PlaybackCache(read);
  await cache.loadKeyframes({ start: 0, end: 200 });
  expect(cache.covering(50)).toBe(keys);
  await cache.load({ start: 0, end: 200 });
  expect(cache.covering(50)).toBe(coarse);
  await cache.loadKeyframes({ start: 10, end: 190 });
  expect(read.mock.calls.map(([, frames]) => frames)).toEqual([KEYFRAMES, FRAMES]);
});

test("data over a window is the finest that has at least half of it", async () => {
  const { cache } = cacheOf(coarse, fine);
  await cache.load(range(coarse));
  await cache.load(range(fine));
  expect(cache.over({ start: 0, end: 200 })).toBe(coarse);
  expect(cache.over({ start: 100, end: 130 })).toBe(fine);
  expect(cache.over({ start: 500, end: 600 })).toBeUndefined();
});

test("at most six ranges are kept, and none with a single frame", async () => {
  const many = [0, 1, 2, 3, 4, 5, 6].map((n) => playback([n * 1000, n * 1000 + 10], [n, n]));
  const { cache } = cacheOf(...many, playback([9000], [1]));
  for (const each of many) await cache.load(range(each));
  expect(cache.covering(0)).toBeUndefined();
  expect(cache.covering(1000)).toBe(many[1]);
  await cache.load({ start: 9000, end: 9000 });
  expect(cache.covering(9000)).toBeUndefined();
});
