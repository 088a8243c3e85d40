// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../api/testServer";
import type { Trace } from "./lanes";
import { useExact } from "./useExact";

const trace = (id: string, method: string, resolution_ms: number) =>
  ({ sensor: { id }, slot: 1, series: { method, resolution_ms } }) as unknown as Trace;

const LINE = trace("line", "minmax", 60_000);

beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState(null, "", "/t/plant/trends");
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function exact(traces: Trace[], at: number, outside = false) {
  const server = serve(({ query }) => ({
    body: { values: query.sensors!.split(",").map((sensor) => ({ sensor, v: Number(query.at), t: Number(query.at) })) },
  }));
  const hook = renderHook((cursor: number) => useExact(traces, cursor, outside), {
    initialProps: at,
    wrapper: makeWrapper(),
  });
  return { server, moveTo: hook.rerender, value: (id: string) => hook.result.current.get(id)?.v };
}

it("queries once the cursor rests, and only for that moment", async () => {
  const { server, moveTo, value } = exact([LINE], 0);
  await later(1000);
  for (const at of [1000, 2000, 3000]) {
    moveTo(at);
    await later(100);
  }
  expect(server.requests.map(({ query }) => query.at)).toEqual(["0"]);
  await later(1000);
  await later(100);
  expect(server.requests.map(({ query }) => query.at)).toEqual(["0", "3000"]);
  expect(value("line")).toBe(3000);
});

it("shows no value of a moment that the cursor has left", async () => {
  const { moveTo, value } = exact([LINE], 500);
  await later(1000);
  expect(value("line")).toBe(500);
  moveTo(600);
  await later(10);
  expect(value("line")).toBeUndefined();
});

it("does not query what is already drawn exactly: raw samples, bands, increases", async () => {
  const drawn = [trace("raw", "minmax", 0), trace("band", "band", 60_000), trace("increase", "inc", 60_000)];
  const { server, moveTo } = exact([...drawn, LINE], 0);
  await later(1000);
  moveTo(100);
  await later(1000);
  expect(server.requests.map(({ query }) => query.sensors)).toEqual(["line", "line"]);
  expect(exact(drawn, 0).server.requests).toEqual([]);
});

it("queries what is outside of the range that was read, where that is wanted", async () => {
  const raw = { ...trace("raw", "minmax", 0) };
  raw.series = { ...raw.series!, start: 1000, end: 2000 };
  const { server, value } = exact([raw], 3000, true);
  await later(1000);
  expect(server.requests.map(({ query }) => query.at)).toEqual(["3000"]);
  expect(value("raw")).toBe(3000);
  expect(exact([raw], 1500, true).server.requests).toEqual([]);
  expect(exact([raw], 3000).server.requests).toEqual([]);
});
