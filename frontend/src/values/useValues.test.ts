// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper } from "../api/testServer";
import { serveStreams } from "../stream/testStream";
import { useValues } from ".";

const START = 1_800_000_000_000;
let stored: { t: number; v: number };

const answer = () => ({
  at: Date.now(),
  live: true,
  catalog: "a:1",
  values: [{ sensor: "s1", t: stored.t, v: stored.v, q: 0, stale: false, reason: null, age: Date.now() - stored.t }],
});
const event = (t: number, v: number, more: object = {}) => ({
  at: Date.now(),
  catalog: "a:1",
  values: [{ sensor: "s1", t, v, ...more }],
});

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  history.replaceState(null, "", "/t/plant/home");
  stored = { t: START - 1000, v: 1 };
});
afterEach(async () => {
  cleanup();
  await vi.advanceTimersByTimeAsync(10_000); // the stream closes
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function shown(status = () => 200) {
  const server = serveStreams(status, answer);
  const every: number[] = [];
  const hook = renderHook(
    () => {
      const found = useValues({ sensors: ["s1"] }).data?.bySensor.get("s1");
      if (found) every.push(found.v as number);
      return found;
    },
    { wrapper: makeWrapper() },
  );
  return { ...server, every, now: () => hook.result.current };
}

it("reads values once, and then shows what the stream says", async () => {
  const { streams, others, now } = shown();
  await later(200);
  expect(now()?.v).toBe(1);
  streams[0]!.send("values", event(START, 2));
  await later(1000);
  expect(now()).toMatchObject({ v: 2, stale: false });
  streams[0]!.send("values", event(START, 2, { stale: true }));
  await later(1000);
  expect(now()).toMatchObject({ v: 2, stale: true });
  expect(now()!.age).toBeGreaterThan(500);
  expect(others).toHaveLength(1);
});

it("never shows an older value while the stream reconnects", async () => {
  const { streams, every, now } = shown();
  await later(200);
  streams[0]!.send("values", event(START, 2), "5-0");
  await later(1000);
  streams[0]!.end();
  await later(3000);
  streams.at(-1)!.send("values", event(START + 4000, 3), "6-0");
  await later(1000);
  expect(now()?.v).toBe(3);
  expect([...new Set(every)]).toEqual([1, 2, 3]);
  expect(every).toEqual([...every].sort());
});

it("asks every two seconds where the stream is refused", async () => {
  const { others, now } = shown(() => 403);
  await later(1000);
  stored = { t: START, v: 9 };
  await later(4000);
  expect(now()?.v).toBe(9);
  expect(others.length).toBeGreaterThan(2);
});

it("takes back a value that the server took back, as soon as it is told to read again or is sent the one before", async () => {
  const { streams, now } = shown();
  await later(200);
  streams[0]!.send("values", event(START, 99));
  await later(1000);
  expect(now()?.v).toBe(99);
  streams[0]!.send("values", event(START - 1000, 1));
  await later(1000);
  expect(now()?.v).toBe(1);
});
