// @vitest-environment happy-dom
import { expect, it, vi } from "vitest";
import { Standings } from "./standings";
import { moreOf } from "./sound";

const one = (priority: 1 | 2 | 3 | 4, unacknowledged = true) => ({
  priority,
  unacknowledged,
  count: 1,
  name: "Too warm",
});

it("tells only the symbols whose alarm has changed", () => {
  const standings = new Standings();
  const [first, second] = [vi.fn(), vi.fn()];
  standings.subscribe("a", first);
  const end = standings.subscribe("b", second);
  standings.set(new Map([["a", one(1)]]));
  const before = standings.at("a");
  standings.set(
    new Map([
      ["a", one(1)],
      ["b", one(3)],
    ]),
  );
  expect(standings.at("a")).toBe(before);
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  standings.set(new Map([["a", one(1, false)]]));
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 2]);
  end();
  standings.set(new Map([["b", one(2)]]));
  expect(standings.at("a")).toBeUndefined();
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([3, 2]);
});

it("sounds for the most important of what is new, and for nothing that went away", () => {
  expect(moreOf([0, 1, 0, 0], [0, 1, 0, 0])).toBeUndefined();
  expect(moreOf([1, 1, 0, 0], [0, 2, 1, 0])).toBe(2);
  expect(moreOf([1, 1, 1, 1], [0, 0, 0, 0])).toBeUndefined();
});
