// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { flushMoment, momentNow, onMoment, setMoment, useMoment, useMomentOf } from "./moment";

beforeEach(() => {
  vi.useFakeTimers();
  setMoment(null);
  history.replaceState(null, "", "/t/plant/home?site=hall");
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const address = () => location.pathname + location.search;

it("is in the address: at once when live is left or joined, 150 ms later while it moves", () => {
  const steps = vi.spyOn(history, "pushState");
  setMoment(1000);
  expect(address()).toBe("/t/plant/home?site=hall&at=1000");
  setMoment(1001);
  setMoment(1002.4);
  expect(address()).toContain("at=1000");
  vi.advanceTimersByTime(150);
  expect(address()).toContain("at=1002");
  expect(steps).toHaveBeenCalledTimes(1);
  setMoment(null);
  expect(address()).toBe("/t/plant/home?site=hall");
  expect(steps).toHaveBeenCalledTimes(2);
});

it("is in the address a second behind while it does not rest", () => {
  setMoment(1000);
  for (let moved = 100; moved <= 1000; moved += 100) {
    setMoment(1000 + moved);
    vi.advanceTimersByTime(100);
    expect(address()).toContain(moved < 1000 ? "at=1000" : "at=2000");
  }
});

it("is written before anything else changes the address", () => {
  setMoment(1000);
  setMoment(2000);
  flushMoment();
  expect(address()).toContain("at=2000");
});

it("follows the address on Back, and ignores an invalid moment", () => {
  const go = (search: string) => {
    history.replaceState(null, "", `/t/plant/home${search}`);
    window.dispatchEvent(new PopStateEvent("popstate"));
    return momentNow();
  };
  expect(go("?at=5000")).toBe(5000);
  expect(go("?at=2026-03-14T09:42:00Z")).toBe(Date.UTC(2026, 2, 14, 9, 42));
  expect(go("?at=soon")).toBeNull();
});

it("renders its subscribers, and those of a derived value only when that changes", () => {
  const whole = renderHook(() => useMoment());
  let renders = 0;
  const part = renderHook(() => (renders++, useMomentOf((at) => at === null)));
  expect([whole.result.current.live, part.result.current]).toEqual([true, true]);
  act(() => setMoment(1000));
  expect(whole.result.current).toMatchObject({ at: 1000, live: false });
  const before = renders;
  act(() => setMoment(2000));
  expect(whole.result.current.at).toBe(2000);
  expect(renders).toBe(before);
});

it("notifies listeners of every move until they unsubscribe", () => {
  const moves: (number | null)[] = [];
  const leave = onMoment(() => moves.push(momentNow()));
  setMoment(1000);
  setMoment(1000);
  setMoment(2000);
  leave();
  setMoment(3000);
  expect(moves).toEqual([1000, 2000]);
});
