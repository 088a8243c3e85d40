// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { flushMoment, setMoment } from "./moment";
import { hrefWith, useHref, useParams } from "./url";

beforeEach(() => {
  vi.useFakeTimers();
  setMoment(null);
  history.replaceState(null, "", "/t/plant/home?site=hall&span=8h");
  setMoment(1000);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it("renders whoever reads other parameters only when one of them changes, not when the moment moves", () => {
  let renders = 0;
  const { result } = renderHook(() => (renders++, useParams()));
  const before = renders;
  act(() => setMoment(2000));
  act(flushMoment);
  expect(location.search).toContain("at=2000");
  expect(renders).toBe(before);
  act(() => result.current[1]({ span: "1d" }, { replace: true }));
  expect(result.current[0].get("span")).toBe("1d");
  expect(renders).toBe(before + 1);
});

it("leads to the moment that is shown, also before the address has it", () => {
  setMoment(2000);
  expect(location.search).toContain("at=1000");
  expect(hrefWith("/t/plant/trends", { sensors: "FT-1" })).toBe("/t/plant/trends?site=hall&at=2000&sensors=FT-1");
});

it("renders links again when the moment has moved", () => {
  const { result } = renderHook(() => useHref()("/t/plant/home"));
  act(() => setMoment(2000));
  act(flushMoment);
  expect(result.current).toBe("/t/plant/home?site=hall&at=2000");
});
