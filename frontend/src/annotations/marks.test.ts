import { describe, expect, it } from "vitest";
import type { Annotation } from "../api/types";
import { describeMark, marksOf } from "./marks";

const note = (start: number, end: number | null = null, text = "Calibrated"): Annotation => ({
  id: `n${start}`,
  revision: 1,
  target: "s1",
  kind: "sensor",
  site: "p1",
  text,
  start,
  end,
  link: null,
  files: [],
  author: "anna",
  created: 0,
  changed: 0,
  changed_by: "anna",
});

describe("marks of notes", () => {
  it("joins notes that are too close, and leaves out those that do not touch the span", () => {
    const notes = [note(12), note(11), note(50), note(100), note(-20, -1), note(-5, 5), note(-9, 200)];
    expect(marksOf(notes, 0, 100, 10).map((mark) => [mark.t, mark.notes.length])).toEqual([
      [0, 2],
      [11, 2],
      [50, 1],
    ]);
  });

  it("says who noted what, and how many more there are", () => {
    const text = describeMark(
      { t: 0, notes: Array.from({ length: 7 }, (_, k) => note(k, null, "x".repeat(400))) },
      "UTC",
    );
    expect(text.split("\n")).toHaveLength(6);
    expect(text).toContain(`anna: ${"x".repeat(160)}…`);
    expect(text).toContain("and 2 more");
  });
});
