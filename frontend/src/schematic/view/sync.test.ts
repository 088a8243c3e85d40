import { expect, it, vi } from "vitest";
import { ViewportSync } from "./sync";

it("moves the others, and does not pass on what that moves", () => {
  const sync = new ViewportSync();
  const at = { x: 1, y: 2, zoom: 3 };
  const first = vi.fn();
  const second = vi.fn((viewport: typeof at) => sync.moved(second, viewport));
  sync.join(first);
  const leave = sync.join(second);
  sync.moved(first, at);
  expect(second).toHaveBeenCalledWith(at);
  expect(first).not.toHaveBeenCalled();
  leave();
  sync.moved(first, { ...at, zoom: 1 });
  expect(second).toHaveBeenCalledTimes(1);
});
