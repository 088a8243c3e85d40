// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { useShortcuts } from "./useShortcuts";

afterEach(cleanup);

const press = (key: string) =>
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

it("calls the handlers of the latest render", () => {
  const [first, second] = [vi.fn(), vi.fn()];
  const hook = renderHook((fit: () => void) => useShortcuts("schematic", { fit }), { initialProps: first });
  hook.rerender(second);
  press("0");
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledTimes(1);
});

it("listens while it is enabled and its component is on the page", () => {
  const close = vi.fn();
  const hook = renderHook((on: boolean) => useShortcuts("pane", { close }, on), { initialProps: false });
  press("Escape");
  expect(close).not.toHaveBeenCalled();
  hook.rerender(true);
  press("Escape");
  hook.rerender(false);
  press("Escape");
  expect(close).toHaveBeenCalledTimes(1);
  hook.rerender(true);
  hook.unmount();
  press("Escape");
  expect(close).toHaveBeenCalledTimes(1);
});

it("gives the component that mounted last priority, also when an earlier one renders again", () => {
  const calls: string[] = [];
  const back = renderHook(() => useShortcuts("schematic", { deselect: () => calls.push("page") }));
  const front = renderHook(() => useShortcuts("pane", { close: () => calls.push("pane") }));
  back.rerender();
  press("Escape");
  expect(calls).toEqual(["pane"]);
  front.unmount();
  press("Escape");
  expect(calls).toEqual(["pane", "page"]);
});
