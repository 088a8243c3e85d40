// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serveStreams } from "./testStream";
import { GRACE_MS, useAnnounced, useReconnecting, useStreamedVersion, useWant } from "./useStream";
import { useStreamEvents } from "./useStreamEvents";

let client: QueryClient;
beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
});
afterEach(async () => {
  cleanup();
  await vi.advanceTimersByTimeAsync(10_000); // the stream closes
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
);
const value = { at: 1, catalog: "a:1", values: [{ sensor: "s1", t: 1, v: 1 }] };

it("is reconnecting until the stream is back, or what is shown was read since", async () => {
  const { streams } = serveStreams(() => (streams.length > 1 ? 503 : 200));
  let reads = 0;
  const shown = renderHook(
    () => {
      useWant({ tenant: "plant", sensors: ["s1"] });
      useQuery({ queryKey: ["plant", "frame", "d", null], queryFn: () => (reads += 1), staleTime: Infinity });
      return useReconnecting();
    },
    { wrapper },
  );
  await later(100);
  act(() => streams[0]!.send("values", value));
  await later(10);
  expect(shown.result.current).toBe(false);
  act(() => streams[0]!.end());
  await later(10);
  expect(shown.result.current).toBe(true);
  await later(GRACE_MS + 1000);
  expect(shown.result.current).toBe(true);
  await act(() => client.invalidateQueries({ queryKey: ["plant", "frame"] }));
  await later(10);
  expect(reads).toBe(2);
  shown.rerender();
  expect(shown.result.current).toBe(false);
});

it("draws soon after values have come, and at once when a lost stream is back", async () => {
  const { streams } = serveStreams();
  const drawn = renderHook(
    () => {
      useWant({ tenant: "plant", sensors: ["s1"] });
      return useStreamedVersion(true);
    },
    { wrapper },
  ).result;
  await later(100);
  act(() => streams[0]!.send("values", value));
  await later(10);
  const first = drawn.current;
  act(() => streams[0]!.send("values", value));
  await later(100);
  expect(drawn.current).toBe(first);
  await later(500);
  expect(drawn.current).toBe(first + 1);
  act(() => streams[0]!.end());
  await later(1000);
  act(() => streams[1]!.send("values", value));
  await later(1);
  expect(drawn.current).toBe(first + 2);
});

it("what people keep is read again soon after it was announced, and nothing else", async () => {
  history.replaceState(null, "", "/t/plant/trends");
  const { streams } = serveStreams();
  const reads = { annotations: 0, "saved views": 0, dashboards: 0 };
  renderHook(
    () => {
      useStreamEvents();
      const announced = useAnnounced("workspace", "plant");
      for (const kind of ["annotations", "saved views", "dashboards"] as const) {
        // eslint-disable-next-line react-hooks/rules-of-hooks -- always the same three
        useQuery({
          queryKey: ["plant", kind],
          queryFn: () => (reads[kind] += 1),
          refetchInterval: announced(60_000),
          staleTime: Infinity,
        });
      }
    },
    { wrapper },
  );
  await later(100);
  expect(streams[0]!.url.searchParams.get("topics")).toBe("workspace");
  act(() => streams[0]!.send("change", { topic: "workspace", kind: "annotations", id: "n1" }));
  act(() => streams[0]!.send("change", { topic: "workspace", kind: "annotations", id: "n2" }));
  await later(1000);
  expect(reads).toEqual({ annotations: 2, "saved views": 1, dashboards: 1 });
  act(() => streams[0]!.send("change", { topic: "workspace", kind: "saved-views", id: "w1" }));
  act(() => streams[0]!.send("change", { topic: "workspace", kind: "constructor", id: "x" }));
  await later(1000);
  expect(reads).toEqual({ annotations: 2, "saved views": 2, dashboards: 1 });
});

it("the journal of alarms is read again when it is written, which is after they have changed", async () => {
  history.replaceState(null, "", "/t/plant/alarms");
  const { streams } = serveStreams();
  const reads = { list: 0, span: 0, journal: 0 };
  renderHook(
    () => {
      useStreamEvents();
      useAnnounced("alarms", "plant");
      useQuery({ queryKey: ["plant", "alarms", {}], queryFn: () => (reads.list += 1), staleTime: Infinity });
      useQuery({ queryKey: ["plant", "alarms", "span"], queryFn: () => (reads.span += 1), staleTime: Infinity });
      useQuery({ queryKey: ["plant", "journal", {}], queryFn: () => (reads.journal += 1), staleTime: Infinity });
    },
    { wrapper },
  );
  await later(100);
  act(() => streams[0]!.send("change", { topic: "alarms" }));
  await later(1000);
  expect(reads).toEqual({ list: 2, span: 2, journal: 2 });
  act(() => streams[0]!.send("change", { topic: "alarms", what: "journal" }));
  await later(1000);
  expect(reads).toEqual({ list: 2, span: 3, journal: 3 });
});
