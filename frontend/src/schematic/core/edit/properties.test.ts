import fc from "fast-check";
import { expect, it } from "vitest";
import type { Drawing } from "../types";
import { align, distribute, flip, move, resize, rotate } from "./arrange";
import type { Alignment } from "./arrange";
import { applyProposals } from "./binding";
import { partsOf } from "./builder";
import { apply, inverse } from "./change";
import type { Change } from "./change";
import { copy, paste } from "./clipboard";
import { bestLink, connect, connectIntoPipe, insertIntoPipe, moveRun, reroute, reverse } from "./connect";
import { loop } from "./fixtures";
import { perform, redo, startHistory, undo } from "./history";
import { countedIds } from "./ids";
import {
  addTag,
  addText,
  bind,
  fitPage,
  group,
  label,
  newPlacement,
  place,
  remove,
  setAsset,
  setBackground,
  setLayer,
  ungroup,
} from "./parts";

/** A command chosen by numbers: the part numbers count what the drawing has at that moment. */
interface Act {
  name: keyof typeof ACTS;
  parts: number[];
  x: number;
  y: number;
}

type Run = (drawing: Drawing, ids: Set<string>, act: Act, fresh: (kind: string) => string) => Change;

const SYMBOLS = ["pump", "valve_hand", "tank", "chiller", "junction", "instrument"];
const ALIGNMENTS: Alignment[] = ["left", "centre", "right", "top", "middle", "bottom"];
const first = (ids: Set<string>) => [...ids][0] ?? "";
const pick = <T>(list: readonly T[], at: number): T | undefined => list[Math.abs(at) % Math.max(1, list.length)];

const ACTS = {
  place: (drawing, _ids, { x, y }, fresh) => place(drawing, newPlacement(pick(SYMBOLS, x)!, { x, y }, fresh)),
  text: (drawing, _ids, { x, y }, fresh) => addText(drawing, { id: fresh("text"), x, y, text: "Words" }),
  tag: (drawing, ids, { x, y }, fresh) => addTag(drawing, { id: fresh("tag"), sensor: "s", x, y, of: first(ids) }),
  move: (drawing, ids, { x, y }) => move(drawing, ids, { x, y }),
  resize: (drawing, ids, { x, y }) => resize(drawing, first(ids), { x, y, width: Math.abs(x), height: Math.abs(y) }),
  rotate: (drawing, ids, { x }) => rotate(drawing, ids, x % 4),
  flip: (drawing, ids) => flip(drawing, ids),
  connect: (drawing, _ids, { parts: [a = 0, b = 0] }, fresh) => {
    const [from, to] = [pick(drawing.placements ?? [], a), pick(drawing.placements ?? [], b)];
    const link = from && to && bestLink(drawing, from.id, to.id);
    return link ? connect(drawing, link.a, link.b, fresh) : [];
  },
  joinPipe: (drawing, _ids, { parts: [a = 0, b = 0], x, y }, fresh) => {
    const [from, pipe] = [pick(drawing.placements ?? [], a), pick(drawing.pipes ?? [], b)];
    return from && pipe ? connectIntoPipe(drawing, { placement: from.id, port: "out" }, pipe.id, { x, y }, fresh) : [];
  },
  insert: (drawing, _ids, { parts: [a = 0], x, y }, fresh) => {
    const pipe = pick(drawing.pipes ?? [], a);
    return pipe ? insertIntoPipe(drawing, pipe.id, newPlacement("valve_hand", { x, y }, fresh), fresh) : [];
  },
  reroute: (drawing, ids) => reroute(drawing, ids),
  moveRun: (drawing, _ids, { parts: [a = 0, b = 0], x }) =>
    moveRun(drawing, pick(drawing.pipes ?? [], a)?.id ?? "", (b % 4) + 1, x),
  reverse: (drawing, ids) => reverse(drawing, first(ids)),
  label: (drawing, ids, { x }) => label(drawing, ids, { label: x % 3 ? `L-${x}` : "", label_at: "top" }),
  bind: (drawing, ids, { x }) => bind(drawing, first(ids), "run", x % 2 ? "s-run" : undefined),
  asset: (drawing, ids, { x }) => setAsset(drawing, first(ids), x % 3 ? "a2" : { tag: "P-9" }),
  replaceSensors: (drawing, ids) =>
    applyProposals(drawing, [
      {
        place: { kind: "slot", placement: first(ids), slot: "run" },
        name: "",
        wanted: "",
        now: undefined,
        sensor: { id: "s2", tag: "S2", kind: "discrete" },
      },
    ]),
  remove: (drawing, ids) => remove(drawing, ids),
  group: (drawing, ids, _act, fresh) => group(drawing, ids, fresh),
  ungroup: (drawing, ids) => ungroup(drawing, ids),
  align: (drawing, ids, { x }) => align(drawing, ids, pick(ALIGNMENTS, x)!),
  distribute: (drawing, ids, { x }) => distribute(drawing, ids, x % 2 ? "x" : "y"),
  layer: (drawing, ids, { x }) => setLayer(drawing, ids, x % 2 ? "Air" : undefined),
  paste: (drawing, ids, { x, y }, fresh) => paste(drawing, copy(drawing, ids), { x, y }, fresh),
  fitPage: (drawing) => fitPage(drawing),
  background: (drawing, _ids, { x, y }) =>
    setBackground(drawing, x % 4 ? { scan: "z", x, y, width: 10, height: 10, opacity: 0.4 } : undefined),
} satisfies Record<string, Run>;

const act: fc.Arbitrary<Act> = fc.record({
  name: fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[])),
  parts: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  x: fc.integer({ min: -300, max: 900 }),
  y: fc.integer({ min: -300, max: 900 }),
});

function run(drawing: Drawing, each: Act, fresh: (kind: string) => string): Change {
  const parts = partsOf(drawing);
  const ids = new Set(each.parts.flatMap((at) => pick(parts, at)?.part.id ?? []));
  return (ACTS[each.name] as Run)(drawing, ids, each, fresh);
}

it("any sequence of commands is undone to an equal drawing, and redone to an equal one", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const fresh = countedIds();
      let history = startHistory(loop());
      for (const each of acts) history = perform(history, run(history.drawing, each, fresh));
      const { drawing, done } = history;
      for (const _ of done) history = undo(history);
      expect(history.drawing).toEqual(loop());
      for (const _ of done) history = redo(history);
      expect(history.drawing).toEqual(drawing);
    }),
    { numRuns: 300 },
  );
});

it("each single command is taken back by its inverse", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 6 }), act, (before, last) => {
      const fresh = countedIds();
      const drawing = before.reduce((now, each) => apply(now, run(now, each, fresh)), loop());
      const change = run(drawing, last, fresh);
      expect(apply(apply(drawing, change), inverse(change))).toEqual(drawing);
    }),
    { numRuns: 300 },
  );
});

it("no sequence of commands leaves a pipe without an end, two parts of one id, or a value of a symbol that is gone", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const fresh = countedIds();
      const drawing = acts
        .filter(({ name }) => name !== "tag")
        .reduce((now, each) => apply(now, run(now, each, fresh)), loop());
      const ids = partsOf(drawing).map(({ part }) => part.id);
      expect(new Set(ids).size).toBe(ids.length);
      const placements = new Set(drawing.placements?.map(({ id }) => id));
      for (const { source, target } of drawing.pipes ?? []) {
        expect(placements.has(source.placement) && placements.has(target.placement)).toBe(true);
      }
      for (const { of } of drawing.tags ?? []) expect(of === undefined || placements.has(of ?? "")).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it("steps of one key are one step, and taken back together", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ x: fc.integer(), y: fc.integer() }), { minLength: 1, maxLength: 9 }), (moves) => {
      let history = startHistory(loop());
      for (const by of moves) history = perform(history, move(history.drawing, new Set(["p1"]), by), "drag");
      expect(history.done.length).toBeLessThanOrEqual(1);
      expect(undo(history).drawing).toEqual(loop());
    }),
  );
});
