// @vitest-environment happy-dom
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { makeWrapper, serve } from "../../api/testServer";
import { readOther } from "./CompareMenu";
import { limitsOf } from "./LimitsDialog";
import { usePreviousEvents } from "./previousEvents";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const view = { start: Date.UTC(2026, 2, 9, 10), end: Date.UTC(2026, 2, 9, 12) };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("another range is named by a length, or by a time before this one", () => {
  const read = (text: string) => readOther(text, view, "Asia/Dubai", view.end);
  expect(read("36h")).toEqual({ count: 36, unit: "h" });
  expect(read("2 w")).toEqual({ count: 2, unit: "w" });
  expect(read("9 Mar 2026 12:30"), "on the plant's clock").toEqual({ count: 90, unit: "min" });
  for (const text of ["", "soon", "9 Mar 2026 15:00", "1 Jan 1900", "0d"]) expect(read(text), text).toBeNull();
});

it("limits are two numbers, low below high, of which one may be missing", () => {
  expect(limitsOf({ low: "", high: " " })).toBeNull();
  expect(limitsOf({ low: "18", high: "" })).toEqual({ low: 18, high: null });
  expect(limitsOf({ low: "-1.5", high: " 1e3" })).toEqual({ low: -1.5, high: 1000 });
  for (const [low, high] of [
    ["5", "4"],
    ["x", "4"],
    ["4", "x"],
    ["1..2", "3"],
  ] as const) {
    expect(limitsOf({ low, high }), `${low} ${high}`).toBe("invalid");
  }
});

it("the first event of each type in view is offered with the one before it, once somebody asks", async () => {
  history.replaceState(null, "", "/t/plant/trends");
  const event = (type: string, ts: number) => ({ id: `${type}${ts}`, type, ts, device: "M-1", fields: {} });
  const shown = [
    event("batch", view.start + 40 * MINUTE),
    event("batch", view.start + 10 * MINUTE),
    event("door", view.start),
  ];
  const server = serve(({ call, query }) => {
    if (call === "GET /api/v1/event-types") {
      return { body: { results: ["batch", "door"].map((type) => ({ type, last_arrival: 1 })), next: null } };
    }
    if (call !== "GET /api/v1/events") return undefined;
    if (!query.type) return { body: { results: shown, next: null } };
    const before = query.type === "batch" ? [event("batch", Number(query.to) - 3 * HOUR)] : [];
    return { body: { results: before, next: null } };
  });
  const asked = () => server.of("GET /api/v1/events").filter(({ query }) => query.type);
  const hook = renderHook(({ open }) => usePreviousEvents(view, open), {
    initialProps: { open: false },
    wrapper: makeWrapper(),
  });
  await waitFor(() => expect(server.of("GET /api/v1/events")).not.toEqual([]));
  await act(async () => {});
  expect(asked()).toEqual([]);
  hook.rerender({ open: true });
  const first = view.start + 10 * MINUTE;
  await waitFor(() =>
    expect(hook.result.current).toEqual([
      { type: "batch", t: first, previous: first - 3 * HOUR },
      { type: "door", t: view.start, previous: null },
    ]),
  );
  expect(asked().map(({ query }) => query)).toEqual([
    { type: "batch", to: String(first), limit: "1" },
    { type: "door", to: String(view.start), limit: "1" },
  ]);
});

it("the event before is one of the device that events are limited to", async () => {
  history.replaceState(null, "", "/t/plant/trends?device=M-1");
  const t = view.start + 10 * MINUTE;
  const server = serve(({ call, query }) => {
    if (call === "GET /api/v1/event-types")
      return { body: { results: [{ type: "batch", last_arrival: 1 }], next: null } };
    const ts = query.type ? t - HOUR : t;
    return { body: { results: [{ id: String(ts), type: "batch", ts, device: "M-1", fields: {} }], next: null } };
  });
  const hook = renderHook(() => usePreviousEvents(view, true), { wrapper: makeWrapper() });
  await waitFor(() => expect(hook.result.current).toEqual([{ type: "batch", t, previous: t - HOUR }]));
  expect(server.of("GET /api/v1/events").map(({ query }) => query.device)).toEqual(["M-1", "M-1"]);
});
