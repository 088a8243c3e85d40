// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { useShortcuts } from "../keyboard";
import { useTyped } from "./useTyped";

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
});

const press = (key: string, target: HTMLElement = document.body, more: KeyboardEventInit = {}) =>
  act(() => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })));

function page(open: boolean) {
  const [fit, close] = [vi.fn(), vi.fn()];
  const hook = renderHook(
    (shown: boolean) => {
      useShortcuts("schematic", { fit });
      return useTyped(shown, close)[0];
    },
    { initialProps: open },
  );
  return { fit, close, hook };
}

it("takes what is typed before the search has loaded as its text, not as keys of the page", () => {
  const { fit, close, hook } = page(true);
  for (const key of ["p", "0", "x", "Backspace", "Enter"]) press(key);
  expect(hook.result.current).toBe("p0");
  expect(fit).not.toHaveBeenCalled();
  press("Escape");
  expect(close).toHaveBeenCalledOnce();
});

it("leaves keys to the search's field once that has the focus, and chords to the browser", () => {
  const { hook } = page(true);
  document.body.innerHTML = '<div role="dialog"><input></div>';
  press("a", document.querySelector("input")!);
  press("c", document.body, { ctrlKey: true });
  expect(hook.result.current).toBe("");
});

it("leaves the page its keys while there is no search", () => {
  const { fit, hook } = page(false);
  press("0");
  expect([fit.mock.calls.length, hook.result.current]).toEqual([1, ""]);
  hook.rerender(true);
  press("0");
  expect([fit.mock.calls.length, hook.result.current]).toEqual([1, "0"]);
});
