// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { useSelection } from "./useSelection";

function listed(order: string[]) {
  const hook = renderHook((now: string[]) => useSelection(now), { initialProps: order });
  return {
    keys: () => [...hook.result.current.keys].sort(),
    tick: (key: string, range = false) => act(() => hook.result.current.tick(key, range)),
    all: () => act(() => hook.result.current.tickAll()),
    show: hook.rerender,
  };
}

it("ticks one, and with Shift all between, in either direction", () => {
  const list = listed(["a", "b", "c", "d", "e"]);
  list.tick("d");
  list.tick("b", true);
  expect(list.keys()).toEqual(["b", "c", "d"]);
  list.tick("c");
  expect(list.keys()).toEqual(["b", "d"]);
  list.tick("d", true);
  expect(list.keys()).toEqual(["b"]);
});

it("ticks all, and none the second time", () => {
  const list = listed(["a", "b"]);
  list.tick("a");
  list.all();
  expect(list.keys()).toEqual(["a", "b"]);
  list.all();
  expect(list.keys()).toEqual([]);
});

it("forgets what has left the list, so that nothing unseen is acknowledged", () => {
  const list = listed(["a", "b", "c"]);
  list.all();
  list.show(["b"]);
  expect(list.keys()).toEqual(["b"]);
  list.tick("b");
  list.show(["a", "b", "c"]);
  expect(list.keys()).toEqual([]);
});
