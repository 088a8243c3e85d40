// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper } from "../api/testServer";
import { setMoment } from "../moment";
import { FRAMES, PlaybackCache } from "./core/playbackCache";
import { ValueStore } from "./core/store";
import type { PlaybackData } from "./core/types";
import { fixedAt } from "./momentSource";
import { useValueFeed } from "./useValueFeed";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

let asked: number[];
let answers: ((at: number) => void)[];

const frameAt = (at: number, live: boolean) => ({
  at,
  live,
  schematic: "d",
  revision: 1,
  values: [{ sensor: "s", t: at, v: at, q: 0, stale: false, reason: null, age: 0 }],
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  history.replaceState(null, "", "/t/plant/plant");
  setMoment(NOW - 10 * HOUR);
  [asked, answers] = [[], []];
  vi.stubGlobal("fetch", (request: Request | string) => {
    const url = new URL(typeof request === "string" ? request : request.url, "http://x");
    if (!url.pathname.endsWith("/frame")) return new Promise(() => {});
    const at = url.searchParams.get("at");
    asked.push(Number(at));
    return new Promise((resolve) =>
      answers.push(() => resolve(Response.json(frameAt(at ? Number(at) : Date.now(), at === null)))),
    );
  });
});
afterEach(() => {
  cleanup();
  setMoment(null);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const answer = async () => {
  answers.splice(0).forEach((each) => each(0));
  await later(1);
};

function fed(read: (frames: number) => PlaybackData | undefined = () => undefined) {
  const store = new ValueStore();
  const playback = new PlaybackCache((_, frames) => {
    const data = read(frames);
    return data ? Promise.resolve(data) : Promise.reject(new Error("none"));
  });
  const window = { start: NOW - 24 * HOUR, end: NOW };
  renderHook(() => useValueFeed({ store, playback, schematic: "d", window, speed: null }), { wrapper: makeWrapper() });
  return { store, playback };
}

it("where nothing is loaded reads one frame after another, each of the newest moment", async () => {
  const { store } = fed();
  await later(200);
  await answer();
  expect(store.entry("s")?.v).toBe(NOW - 10 * HOUR);
  expect(store.of).toBe("past");
  asked.length = 0;
  for (const n of [1, 2, 3]) {
    act(() => setMoment(NOW - 10 * HOUR + n));
    await later(10);
  }
  expect(asked).toEqual([NOW - 10 * HOUR + 1]);
  expect(store.of).toBe("other");
  await answer();
  expect(store.entry("s")?.v).toBe(NOW - 10 * HOUR + 1);
  expect(store.of).toBe("other");
  expect(asked).toEqual([NOW - 10 * HOUR + 1, NOW - 10 * HOUR + 3]);
  await answer();
  expect([store.entry("s")?.v, store.of]).toEqual([NOW - 10 * HOUR + 3, "past"]);
});

it("removes the values of the past as soon as the present is shown", async () => {
  const { store } = fed();
  await later(200);
  await answer();
  act(() => setMoment(null));
  expect(store.entry("s")).toBeUndefined();
  await later(1);
  await answer();
  expect([store.entry("s")?.v, store.of]).toEqual([Date.now() - 1, "live"]);
});

it("shows keyframes as such until finer data has arrived", async () => {
  const data = (count: number) =>
    ({
      start: NOW - 24 * HOUR,
      end: NOW,
      t: Float64Array.from({ length: count }, (_, n) => NOW - 24 * HOUR + (n * 24 * HOUR) / (count - 1)),
      columns: new Map([["s", { v: new Float32Array(count).fill(count) }]]),
      complete: true,
      stale: {},
      bad: {},
      changed: {},
    }) as unknown as PlaybackData;
  let fine = false;
  const { store, playback } = fed((frames) => (frames < FRAMES || fine ? data(frames) : undefined));
  await later(200);
  await answer();
  await later(10);
  act(() => setMoment(NOW - 5 * HOUR));
  expect([store.entry("s")?.v, store.of]).toEqual([40, "other"]);
  fine = true;
  await act(async () => void (await playback.load({ start: NOW - 24 * HOUR, end: NOW })));
  expect([store.entry("s")?.v, store.of]).toEqual([600, "past"]);
});

it("what arrives late for another source is not stored", async () => {
  const store = new ValueStore();
  const playback = new PlaybackCache(() => Promise.reject(new Error("none")));
  const window = { start: NOW - 24 * HOUR, end: NOW };
  const [first, second] = [fixedAt(NOW - 2 * HOUR), fixedAt(NOW - 3 * HOUR)];
  const hook = renderHook(
    ({ source }) => useValueFeed({ store, playback, schematic: "d", window, speed: null, source, prefetch: false }),
    { wrapper: makeWrapper(), initialProps: { source: first } },
  );
  await later(10);
  const late = answers.splice(0);
  expect(late.length).toBeGreaterThan(0);
  hook.rerender({ source: second });
  await later(200);
  await answer();
  expect([store.entry("s")?.v, store.of]).toEqual([NOW - 3 * HOUR, "past"]);
  late.forEach((each) => each(0));
  await later(10);
  expect([store.entry("s")?.v, store.of]).toEqual([NOW - 3 * HOUR, "past"]);
});
