// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/client";
import type { Dashboard, DashboardContent } from "../api/types";
import { useAutosave } from "./useAutosave";

const board = (revision: number, name: string): Dashboard => ({
  id: "h1",
  revision,
  name,
  tiles: [],
  range: "8h",
  shared: true,
  default: false,
  mine: true,
  author: "anna",
  created: 0,
  changed: 0,
  changed_by: "anna",
});

/** A server that knows one dashboard and its revision. */
function makeServer(first: Dashboard) {
  const server = { now: first, calls: [] as [string, number][] };
  const save = async (_: string, content: DashboardContent, revision: number) => {
    server.calls.push([content.name, revision]);
    await Promise.resolve();
    if (revision !== server.now.revision) {
      throw new Problem(409, "Conflict", "", { current: server.now }, "stale-revision");
    }
    server.now = { ...server.now, ...content, tiles: [], range: "8h", revision: revision + 1 } as Dashboard;
    return server.now;
  };
  return { server, save };
}

const named = (name: string) => (content: DashboardContent) => ({ ...content, name });
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe("saving a dashboard by itself", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  it("saves a moment after the last change, each time from the last revision", async () => {
    const { server, save } = makeServer(board(1, "a"));
    const onSaved = vi.fn();
    const { result } = renderHook(() => useAutosave({ dashboard: board(1, "a"), onSaved, save }));
    act(() => result.current.change(named("ab")));
    await pass(300);
    act(() => result.current.change(named("abc")));
    await pass(600);
    expect(server.calls).toEqual([]);
    await pass(200);
    expect(server.calls).toEqual([["abc", 1]]);
    expect(result.current.state).toBe("saved");
    act(() => result.current.change(named("abcd")));
    await pass(800);
    expect(server.calls.at(-1)).toEqual(["abcd", 2]);
    expect(onSaved).toHaveBeenCalledTimes(2);
  });

  it("stops at a conflict, and goes on as somebody decides", async () => {
    const { server, save } = makeServer(board(5, "theirs"));
    const first = board(1, "a");
    const { result } = renderHook(() => useAutosave({ dashboard: first, onSaved: () => undefined, save }));
    act(() => result.current.change(named("mine")));
    await pass(800);
    expect(result.current.conflict?.name).toBe("theirs");
    act(() => result.current.change(named("mine too")));
    await pass(800);
    expect(server.calls).toHaveLength(1);
    act(() => result.current.resolve(true));
    await pass(1);
    expect(server.calls.at(-1)).toEqual(["mine too", 5]);
    expect(server.now.name).toBe("mine too");
  });

  it("shows theirs if that is chosen", async () => {
    const { server, save } = makeServer(board(5, "theirs"));
    const first = board(1, "a");
    const { result } = renderHook(() => useAutosave({ dashboard: first, onSaved: () => undefined, save }));
    act(() => result.current.change(named("mine")));
    await pass(800);
    act(() => result.current.resolve(false));
    await pass(800);
    expect(result.current.content.name).toBe("theirs");
    expect(server.calls).toHaveLength(1);
    expect(server.now.name).toBe("theirs");
  });

  it("says whether all is stored, also while it is being saved, and goes back to what is stored", async () => {
    const { server, save } = makeServer(board(1, "a"));
    let up = false;
    const failing = async (...given: Parameters<typeof save>) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (!up) throw new Problem(503, "Busy", "");
      return save(...given);
    };
    const first = board(1, "a");
    const hook = renderHook(() => useAutosave({ dashboard: first, onSaved: () => undefined, save: failing }));
    const { change, store, discard } = hook.result.current;
    act(() => change(named("b")));
    const answers: boolean[] = [];
    const ask = () => void store().then((stored) => answers.push(stored));
    act(ask);
    await pass(50);
    act(ask); // joins the save that is under way
    expect(answers).toEqual([]);
    await pass(60);
    expect(answers).toEqual([false, false]);
    expect(hook.result.current).toMatchObject({ state: "failed", content: { name: "b" } });
    up = true;
    act(ask);
    await pass(110);
    expect(answers.at(-1)).toBe(true);
    expect(server.now.name).toBe("b");
    act(() => change(named("c")));
    act(() => discard());
    expect(hook.result.current).toMatchObject({ state: "saved", error: null, content: { name: "b" } });
    hook.unmount();
    await pass(1000);
    expect(server.now.name).toBe("b");
  });

  it("saves what was changed last when the page is left", async () => {
    const { server, save } = makeServer(board(1, "a"));
    const first = board(1, "a");
    const hook = renderHook(() => useAutosave({ dashboard: first, onSaved: () => undefined, save }));
    act(() => hook.result.current.change(named("b")));
    hook.unmount();
    await pass(1);
    expect(server.now.name).toBe("b");
  });
});
