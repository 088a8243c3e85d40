// @vitest-environment happy-dom
import { act, cleanup, render, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ValueStore } from "../core/store";
import type { Entry } from "../core/types";
import { StageContext, useAge } from "./context";
import type { Stage } from "./context";
import { Room, RoomContext } from "./room";
import { TagPart } from "./TagPart";

const MINUTE = 60_000;
const T = 1_800_000_000_000;
const stale: Entry = { v: 7, t: T, q: 0, stale: true, reason: "No value for three intervals" };

afterEach(cleanup);

function staged() {
  const store = new ValueStore();
  const stage = { store, sensor: () => undefined, select: () => {} } as unknown as Stage;
  const wrapper = ({ children }: { children: ReactNode }) => <StageContext value={stage}>{children}</StageContext>;
  return { store, wrapper };
}

it("the age of a stale value grows, although the stream says only once that it is stale", () => {
  const { store, wrapper } = staged();
  const { container } = render(<TagPart tag={{ id: "t", sensor: "s", x: 0, y: 0 }} />, { wrapper });
  store.set(T + 4 * MINUTE, [["s", stale]], "live");
  expect(container.textContent).toContain("4 min");
  store.set(T + 9 * MINUTE, [], "live");
  expect(container.textContent).toContain("9 min");
  store.set(T + 9 * MINUTE, [["s", { ...stale, stale: false }]], "live");
  store.set(T + 20 * MINUTE, [], "live");
  expect(container.textContent).not.toContain("min");
});

it("so does the age on a value's card", () => {
  const { store, wrapper } = staged();
  store.set(T + 4 * MINUTE, [["s", stale]], "live");
  const { result } = renderHook(() => useAge(stale), { wrapper });
  expect(result.current).toBe("4 min");
  act(() => store.set(T + 9 * MINUTE, [], "live"));
  expect(result.current).toBe("9 min");
});

it("a longer number widens its place, and a shorter one leaves it as wide", () => {
  const { store, wrapper } = staged();
  const { container } = render(<TagPart tag={{ id: "t", sensor: "s", x: 0, y: 0 }} />, { wrapper });
  const show = (v: number) => {
    store.set(v, [["s", { ...stale, stale: false, v }]]);
    const value = container.querySelector("b")!;
    return { text: value.textContent, width: parseFloat(value.parentElement!.style.width) };
  };
  const [short, long, again] = [show(7), show(-123_456), show(8)];
  expect([short.text, long.text, again.text]).toEqual(["7", "\u2212123,456", "8"]);
  expect(long.width).toBeGreaterThan(short.width);
  expect(again.width).toBe(long.width);
});

it("values that are not on the screen follow after those that are", () => {
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  const { store, wrapper: Staged } = staged();
  const room = new Room();
  room.show({ x: 0, y: 0, zoom: 1 }, { width: 500, height: 500 });
  const { container } = render(
    <RoomContext value={room}>
      <TagPart tag={{ id: "near", sensor: "s", x: 100, y: 100 }} />
      <TagPart tag={{ id: "far", sensor: "s", x: 5000, y: 100 }} />
    </RoomContext>,
    { wrapper: Staged },
  );
  const shown = () => [...container.querySelectorAll("b")].map((value) => value.textContent);
  store.set(1, [["s", { ...stale, stale: false, v: 42 }]]);
  expect(shown()).toEqual(["42", "–"]);
  frames.shift()!();
  expect(shown()).toEqual(["42", "42"]);
  vi.unstubAllGlobals();
});
