// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { momentNow, setMoment } from "../../moment";
import { usePlayer } from "./usePlayer";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  history.replaceState(null, "", "/t/plant/plant");
  setMoment(NOW - 10 * HOUR);
});
afterEach(() => {
  cleanup();
  setMoment(null);
  vi.useRealTimers();
});

const later = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const played = () => momentNow()! - (NOW - 10 * HOUR);

function player(speed: number | null) {
  const stop = vi.fn();
  const hook = renderHook((rate: number | null) => usePlayer(rate, stop), { initialProps: speed });
  return { stop, setSpeed: hook.rerender, leave: hook.unmount };
}

it("moves the moment at a multiple of the clock's speed, and stops when paused", () => {
  const { setSpeed, stop } = player(60);
  later(1000);
  expect(played()).toBeGreaterThan(55_000);
  expect(played()).toBeLessThanOrEqual(60_000);
  setSpeed(null);
  const paused = played();
  later(1000);
  expect(played()).toBe(paused);
  expect(stop).not.toHaveBeenCalled();
});

it("continues from where the playhead was dragged to", () => {
  player(60);
  later(500);
  setMoment(NOW - 5 * HOUR);
  later(1000);
  const after = momentNow()! - (NOW - 5 * HOUR);
  expect(after).toBeGreaterThan(55_000);
  expect(after).toBeLessThan(62_000);
});

it("becomes live and stops when it reaches the present", () => {
  setMoment(NOW - 30_000);
  const { stop } = player(60);
  later(1000);
  expect(momentNow()).toBeNull();
  expect(stop).toHaveBeenCalledTimes(1);
});

it("stops when the user goes back to live, and when the page is left", () => {
  const first = player(60);
  later(100);
  setMoment(null);
  later(100);
  expect(first.stop).toHaveBeenCalledTimes(1);
  setMoment(NOW - 10 * HOUR);
  const second = player(60);
  second.leave();
  later(1000);
  expect(played()).toBe(0);
});

it("goes backwards at a negative speed", () => {
  player(-600);
  later(1000);
  expect(played()).toBeLessThan(-590_000);
  expect(played()).toBeGreaterThanOrEqual(-600_000);
});

it("stays inside a loop in both directions", () => {
  const loop = { start: NOW - 10 * HOUR, end: NOW - 10 * HOUR + 30_000 };
  const hook = renderHook((speed: number) => usePlayer(speed, () => {}, loop), { initialProps: 60 });
  for (let i = 0; i < 40; i += 1) {
    later(70);
    expect(momentNow()).toBeGreaterThanOrEqual(loop.start);
    expect(momentNow()).toBeLessThanOrEqual(loop.end);
  }
  const before = momentNow()!;
  hook.rerender(-1);
  later(200);
  expect(momentNow()).not.toBe(before);
  expect(momentNow()).toBeLessThanOrEqual(loop.end);
});
