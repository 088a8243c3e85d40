import { expect, it } from "vitest";
import { applyDifferences } from "./merging";
import { apply } from "./change";
import { build } from "./builder";
import { loop } from "./fixtures";
import { overPage, setBackground } from "./parts";
import { cleanDrawing, cleanWords } from "./words";

it("marks that reorder text, and controls, are left out of what people read", () => {
  expect(cleanWords({ label: "P-1 \u202e1-P", x: 3 })).toEqual({ label: "P-1 1-P", x: 3 });
  expect(cleanWords({ text: "two\nlines\u0007" })).toEqual({ text: "two\nlines" });
  const clean = { label: "Größe ½ 泵" };
  expect(cleanWords(clean)).toBe(clean);
});

it("whatever command writes them", () => {
  const change = build(loop(), (builder) => builder.patch("placements", "p1", { label: "A\u2066B" }));
  expect(apply(loop(), change).placements!.find(({ id }) => id === "p1")!.label).toBe("AB");
});

it("a drawing of before is cleaned when it is opened", () => {
  const drawing = { ...loop(), texts: [{ id: "w", x: 0, y: 0, text: "\u200fHall" }] };
  expect(cleanDrawing(drawing).texts![0]!.text).toBe("Hall");
});

it("a scan is laid over the page in its own proportions", () => {
  const background = overPage({ width: 1200, height: 800 }, { id: "z", width: 400, height: 100 });
  expect(background).toEqual({ scan: "z", x: 0, y: 0, width: 1200, height: 300, opacity: 0.4 });
});

it("a scan that somebody else laid or removed is merged like any part", () => {
  const background = { scan: "z", x: 0, y: 0, width: 10, height: 10, opacity: 0.4 };
  const theirs = { kind: "background" as const, id: "", changed: "theirs" as const, mine: null, theirs: background };
  const merged = apply(loop(), applyDifferences(loop(), [theirs], new Set()));
  expect(merged.background).toEqual(background);
  const removed = { ...theirs, mine: background, theirs: null };
  expect(apply(merged, applyDifferences(merged, [removed], new Set())).background).toBeUndefined();
  const both = { ...removed, changed: "both" as const };
  expect(apply(merged, applyDifferences(merged, [both], new Set(["background/"]))).background).toEqual(background);
});

it("laying the same scan at the same place changes nothing", () => {
  const background = overPage(loop(), { id: "z", width: 4, height: 3 });
  const drawing = apply(loop(), setBackground(loop(), background));
  expect(setBackground(drawing, { ...background })).toEqual([]);
});
