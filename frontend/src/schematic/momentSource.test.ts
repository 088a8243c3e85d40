// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setMoment } from "../moment";
import { fixedAt, shiftedBy, useSourceOf } from "./momentSource";

const NOW = 1_800_000_005_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  setMoment(null);
});
afterEach(() => {
  cleanup();
  setMoment(null);
  vi.useRealTimers();
});

it("a shifted moment moves with the application's, and beside the present in steps of ten seconds", () => {
  const source = shiftedBy(60_000);
  const shown = renderHook(() => useSourceOf(source, (at) => at)).result;
  expect(shown.current).toBe(NOW - 5_000 - 60_000);
  act(() => vi.advanceTimersByTime(10_000));
  expect(shown.current).toBe(NOW + 5_000 - 60_000);
  act(() => setMoment(1_000_000));
  expect(shown.current).toBe(940_000);
});

it("a fixed moment stays", () => {
  const source = fixedAt(5);
  const shown = renderHook(() => useSourceOf(source, (at) => at)).result;
  act(() => setMoment(1_000_000));
  expect(shown.current).toBe(5);
});
