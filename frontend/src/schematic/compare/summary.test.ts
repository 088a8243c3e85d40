import { expect, test } from "vitest";
import { sceneOf } from "../core/scene";
import { ValueStore } from "../core/store";
import type { Drawing, Entry } from "../core/types";
import { summaryOf } from "./summary";
import { texts } from "./texts";

const drawing = {
  placements: [{ id: "p", symbol: "pump", x: 0, y: 0, slots: { run: { sensor: "run" } } }],
  tags: ["a", "b", "a"].map((sensor, n) => ({ id: `t${n}`, sensor, x: 0, y: 0 })),
  pipes: [],
} as unknown as Drawing;
const sensor = () => undefined;
const scene = sceneOf(drawing);
const entry = (v: Entry["v"]): Entry => ({ v, t: 0, q: 0, stale: false, reason: null });

function storeOf(at: number, values: Record<string, Entry["v"]>) {
  const store = new ValueStore();
  store.show(scene, sensor);
  if (at > 0)
    store.set(
      at,
      Object.entries(values).map(([id, v]) => [id, entry(v)]),
    );
  return store;
}

const said = (now: Record<string, Entry["v"]>, then: Record<string, Entry["v"]>) => {
  const found = summaryOf({ scene, sensor, store: storeOf(2, now) }, storeOf(1, then))!;
  return texts.summary(found.states.length, found.values.length, found.unknown);
};

test("counts what differs and what is not known at both moments", () => {
  expect(said({ run: 1, a: 5, b: 6 }, { run: 1, a: 5, b: 6 })).toBe("No differences");
  expect(said({ run: 1, a: 5, b: 6 }, { run: 0, a: 4, b: 6 })).toBe("1 state differs, 1 value differs");
  expect(said({ run: 1, a: 5, b: 6 }, { a: 4 })).toBe("0 states differ, 1 value differs, 2 not known at both");
  expect(said({ run: 1, a: 5, b: 6 }, {})).toBe("No known differences, 3 not known at both");
});

test("waits while the values of either are those of another moment", () => {
  const [store, other] = [storeOf(2, { a: 5 }), storeOf(1, { a: 4 })];
  const of = () => summaryOf({ scene, sensor, store }, other)?.values.length;
  expect(of()).toBe(1);
  other.outdate();
  expect(of()).toBeUndefined();
  other.set(1, [], "past");
  store.outdate();
  expect(of()).toBeUndefined();
  store.clear();
  expect(of()).toBeUndefined();
});
