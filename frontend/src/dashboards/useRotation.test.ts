// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { nextOf, useRotation } from "./useRotation";

const turn = [{ id: "a" }, { id: "b" }, { id: "c" }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it("goes from each to the next, and from one that is gone to the first", () => {
  expect(nextOf(turn, "a")).toBe("b");
  expect(nextOf(turn, "c")).toBe("a");
  expect(nextOf(turn, "gone")).toBe("a");
  expect(nextOf([{ id: "a" }], "gone")).toBe("a");
  expect(nextOf([{ id: "a" }], "a")).toBeNull();
  expect(nextOf([], "gone")).toBeNull();
});

it("goes on after a dashboard that has been deleted", () => {
  const show = vi.fn();
  const { rerender } = renderHook(({ id, seconds }) => useRotation(turn, id, seconds, show), {
    initialProps: { id: "gone", seconds: 5 as number | null },
  });
  vi.advanceTimersByTime(5000);
  expect(show.mock.calls).toEqual([["a"]]);
  rerender({ id: "a", seconds: 30 });
  vi.advanceTimersByTime(29_000);
  expect(show).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(show.mock.calls).toEqual([["a"], ["b"]]);
  rerender({ id: "b", seconds: null });
  vi.advanceTimersByTime(60_000);
  expect(show).toHaveBeenCalledTimes(2);
});
