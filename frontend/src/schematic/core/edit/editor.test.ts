import { expect, it, vi } from "vitest";
import { move } from "./arrange";
import { Editor } from "./editor";
import { loop, placementIn } from "./fixtures";
import { countedIds } from "./ids";
import { applyDifferences } from "./merging";
import { apply } from "./change";
import { group, newPlacement, place, remove, setLayer } from "./parts";
import { neighbour } from "./selection";

const by = (x: number) => ({ x, y: 0 });
const nudge = (editor: Editor, key?: string) => editor.perform(move(editor.drawing, new Set(["p1"]), by(10)), key);

it("a drag is one step, and what follows another", () => {
  const editor = new Editor(loop());
  nudge(editor, "drag");
  nudge(editor, "drag");
  editor.seal();
  nudge(editor, "drag");
  expect(placementIn(editor.drawing, "p1").x).toBe(130);
  editor.undo();
  expect(placementIn(editor.drawing, "p1").x).toBe(120);
  editor.undo();
  expect(editor.state).toMatchObject({ drawing: loop(), undoable: false, redoable: true });
  editor.redo();
  expect(placementIn(editor.drawing, "p1").x).toBe(120);
});

it("a new step after undo forgets what was undone", () => {
  const editor = new Editor(loop());
  nudge(editor);
  editor.undo();
  nudge(editor);
  expect(editor.state.redoable).toBe(false);
});

it("tells listeners of each change, and of none where nothing changed", () => {
  const editor = new Editor(loop());
  const listener = vi.fn();
  const end = editor.subscribe(listener);
  nudge(editor);
  editor.perform([]);
  expect(listener).toHaveBeenCalledTimes(1);
  end();
  nudge(editor);
  expect(listener).toHaveBeenCalledTimes(1);
});

it("selects what was inserted, and nothing that is gone", () => {
  const editor = new Editor(loop());
  const pump = newPlacement("pump", { x: 50, y: 300 }, countedIds());
  editor.insert(place(editor.drawing, pump));
  expect([...editor.selection]).toEqual([pump.id]);
  editor.perform(remove(editor.drawing, editor.selection));
  expect(editor.selection.size).toBe(0);
});

it("a click selects the whole group, and another with Shift takes it out", () => {
  const editor = new Editor(loop());
  editor.perform(group(editor.drawing, new Set(["p1", "v1"]), countedIds()));
  editor.click("p1", false);
  expect(editor.selection).toEqual(new Set(["p1", "v1"]));
  editor.click("t1", true);
  editor.click("v1", true);
  expect(editor.selection).toEqual(new Set(["t1"]));
});

it("an area selects what lies wholly inside, but nothing on a locked layer", () => {
  const editor = new Editor(loop());
  editor.perform(setLayer(editor.drawing, new Set(["v1"]), "Valves"));
  const area = { x: 90, y: 50, width: 200, height: 120 };
  editor.selectWithin(area, false);
  expect(editor.selection).toEqual(new Set(["p1", "g1", "v1"]));
  editor.toggleLayer("Valves", "locked");
  editor.selectWithin(area, false);
  expect(editor.selection).toEqual(new Set(["p1", "g1"]));
  editor.selectAll();
  expect(editor.selection.has("v1")).toBe(false);
});

it("the keyboard walks through the parts in reading order, around the end", () => {
  const order: (string | undefined)[] = [];
  let at: string | undefined;
  for (let i = 0; i < 7; i += 1) order.push((at = neighbour(loop(), at, 1)));
  expect(new Set(order.slice(0, 6)).size).toBe(6);
  expect(order[6]).toBe(order[0]);
  expect(neighbour(loop(), order[0], -1)).toBe(order[5]);
  expect(neighbour({ width: 1, height: 1 }, undefined, 1)).toBeUndefined();
});

it("a merge takes what they changed, and mine where I chose so", () => {
  const drawing = loop();
  const [pump] = drawing.placements!;
  const difference = {
    kind: "placements" as const,
    id: "p1",
    changed: "both" as const,
    mine: pump!,
    theirs: { ...pump!, x: 7 },
  };
  const merged = (mine: string[]) => apply(drawing, applyDifferences(drawing, [difference], new Set(mine)));
  expect(placementIn(merged([]), "p1").x).toBe(7);
  expect(placementIn(merged(["placements/p1"]), "p1").x).toBe(100);
});

it("a merge leaves no pipe of mine at a symbol that they deleted", () => {
  const drawing = loop();
  const gone = {
    kind: "placements" as const,
    id: "t1",
    changed: "theirs" as const,
    mine: drawing.placements![2]!,
    theirs: null,
  };
  const merged = apply(drawing, applyDifferences(drawing, [gone], new Set()));
  expect(merged.pipes!.map(({ id }) => id)).toEqual(["w1"]);
});
