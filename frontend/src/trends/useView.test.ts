// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Range } from "./range";
import { useView } from "./useView";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The hook with a range that follows its setter, as the address does. */
function view(first: Range = { kind: "fixed", start: 0, end: 8 * HOUR }) {
  const requested: Range[] = [];
  const hook = renderHook(({ range }) => useView(range, null, NOW, setRange), { initialProps: { range: first } });
  function setRange(range: Range) {
    requested.push(range);
    hook.rerender({ range });
  }
  return { now: () => hook.result.current, requested };
}

it("shows the range of the address, and writes a chosen range to it", () => {
  const { now, requested } = view();
  expect(now().view).toEqual({ start: 0, end: 8 * HOUR });
  act(() => now().choose({ start: HOUR, end: 2 * HOUR }));
  expect(requested).toEqual([{ kind: "fixed", start: HOUR, end: 2 * HOUR }]);
  expect(now().view).toEqual({ start: HOUR, end: 2 * HOUR });
});

it("follows a gesture at once, and queries the server once it rests", () => {
  const { now, requested } = view();
  for (const by of [1, 2, 3]) act(() => now().glide({ start: by, end: HOUR + by }));
  expect(now().view.start).toBe(3);
  expect(now().span.start).toBe(0);
  expect(requested).toEqual([]);
  act(() => void vi.advanceTimersByTime(180));
  expect(requested).toEqual([{ kind: "fixed", start: 3, end: HOUR + 3 }]);
  expect(now().span.start).toBe(3);
});

it("goes back range by range, one step per gesture, and then zooms out", () => {
  const { now } = view();
  act(() => now().choose({ start: HOUR, end: 3 * HOUR }));
  for (const by of [1, 2]) act(() => now().glide({ start: HOUR + by, end: 3 * HOUR + by }));
  act(() => void vi.advanceTimersByTime(180));
  act(() => now().back());
  expect(now().view).toEqual({ start: HOUR, end: 3 * HOUR });
  act(() => now().back());
  expect(now().view).toEqual({ start: 0, end: 8 * HOUR });
  act(() => now().back());
  expect(now().view).toEqual({ start: -8 * HOUR, end: 16 * HOUR });
});

it("drops an unfinished gesture when a preset is chosen", () => {
  const { now, requested } = view();
  act(() => now().glide({ start: 5, end: HOUR }));
  act(() => now().preset({ kind: "last", length: HOUR }));
  act(() => void vi.advanceTimersByTime(1000));
  expect(requested).toEqual([{ kind: "last", length: HOUR }]);
  expect(now().view.end - now().view.start).toBe(HOUR);
});

it("pans and zooms the range in view", () => {
  const { now } = view();
  act(() => now().shift(0.25));
  expect(now().view).toEqual({ start: 2 * HOUR, end: 10 * HOUR });
  act(() => now().zoom(0.5, 2 * HOUR));
  expect(now().view).toEqual({ start: 2 * HOUR, end: 6 * HOUR });
});
