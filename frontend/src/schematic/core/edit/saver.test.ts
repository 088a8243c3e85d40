import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { loop } from "./fixtures";
import { Saver } from "./saver";
import type { SaveState } from "./saver";

const CONFLICT = new Error("another revision");
let states: SaveState["kind"][];
let stored: { width: number; revision: number | undefined }[];
let answer: () => Promise<{ revision: number; saved: number }>;

const drawing = (width: number) => ({ ...loop(), width });
const makeSaver = (revision?: number) =>
  new Saver(
    {
      store: ({ width }, known) => {
        stored.push({ width, revision: known });
        return answer();
      },
      isConflict: (error) => error === CONFLICT,
      changed: ({ kind }) => states.push(kind),
      delayMs: 100,
      retryMs: 500,
    },
    revision,
    null,
  );

beforeEach(() => {
  vi.useFakeTimers();
  states = [];
  stored = [];
  answer = () => Promise.resolve({ revision: stored.length, saved: 1000 });
});
afterEach(() => vi.useRealTimers());

it("stores the last of several changes once, a moment after it", async () => {
  const saver = makeSaver();
  for (const width of [1, 2, 3]) saver.change(drawing(width));
  await vi.advanceTimersByTimeAsync(99);
  expect(stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(stored).toEqual([{ width: 3, revision: undefined }]);
  expect(saver.state).toEqual({ kind: "saved", at: 1000 });
});

it("sends the revision that the server gave, one request at a time", async () => {
  const saver = makeSaver();
  let finish: (value: { revision: number; saved: number }) => void = () => undefined;
  answer = () => new Promise((resolve) => (finish = resolve));
  saver.change(drawing(1));
  await vi.advanceTimersByTimeAsync(100);
  saver.change(drawing(2));
  await vi.advanceTimersByTimeAsync(400);
  expect(stored).toHaveLength(1);
  finish({ revision: 7, saved: 1 });
  await vi.advanceTimersByTimeAsync(100);
  expect(stored[1]).toEqual({ width: 2, revision: 7 });
});

it("tries again after a failure, with what is there by then", async () => {
  const saver = makeSaver(3);
  answer = () => Promise.reject(new Error("no connection"));
  saver.change(drawing(1));
  await vi.advanceTimersByTimeAsync(100);
  expect(saver.state.kind).toBe("failed");
  answer = () => Promise.resolve({ revision: 4, saved: 2000 });
  await vi.advanceTimersByTimeAsync(500);
  expect(stored.map(({ width }) => width)).toEqual([1, 1]);
  expect(saver.state).toEqual({ kind: "saved", at: 2000 });
});

it("stores nothing over another's revision until somebody decides", async () => {
  const saver = makeSaver(3);
  answer = () => Promise.reject(CONFLICT);
  saver.change(drawing(1));
  await vi.advanceTimersByTimeAsync(100);
  expect(saver.state.kind).toBe("conflict");
  saver.change(drawing(2));
  await vi.advanceTimersByTimeAsync(5000);
  expect(stored).toHaveLength(1);
  answer = () => Promise.resolve({ revision: 9, saved: 1 });
  await saver.overwrite(8, drawing(2));
  expect(stored[1]).toEqual({ width: 2, revision: 8 });
  expect(saver.storedRevision).toBe(9);
});

it("stores at once what is not stored yet when the editor is left", async () => {
  const saver = makeSaver();
  saver.change(drawing(1));
  await saver.flush();
  expect(stored).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(stored).toHaveLength(1);
});
