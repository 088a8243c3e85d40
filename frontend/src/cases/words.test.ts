import { describe, expect, it } from "vitest";
import { caseOf } from "./testCases";
import { caseName, dueWords, isOverdue, subjectOf } from "./words";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 14, 10);
const words = (due: number | null, fields = {}) => dueWords(caseOf("c1", { due, ...fields }), "UTC", NOW);

describe("when a case is due", () => {
  it("is said as people say it", () => {
    expect(words(null)).toBe("");
    expect(words(NOW - 2 * DAY)).toBe("overdue by 2 d");
    expect(words(NOW + 6 * HOUR)).toBe("today 16:00");
    expect(words(NOW + 3 * DAY)).toBe("in 3 d");
    expect(words(NOW + 20 * DAY)).toBe("3 Apr 2026");
  });

  it("is only a date once it is closed, and not overdue", () => {
    expect(words(NOW - 2 * DAY, { state: "done" })).toBe("12 Mar 2026");
    expect(isOverdue(caseOf("c1", { due: NOW - 1, state: "cancelled" }), NOW)).toBe(false);
    expect(isOverdue(caseOf("c1", { due: NOW - 1, state: "in_progress" }), NOW)).toBe(true);
    expect(isOverdue(caseOf("c1", { due: NOW + 1 }), NOW)).toBe(false);
    expect(isOverdue(caseOf("c1"), NOW)).toBe(false);
  });
});

it("is named by its number, and by what it is about", () => {
  expect(caseName(caseOf("c1"))).toBe("#12 Brush the tubes");
  expect(subjectOf(caseOf("c1"))).toBe("CH-2");
  expect(subjectOf(caseOf("c1", { asset: null, device: { id: "d1", tag: "", name: "roof" } }))).toBe("roof");
  expect(subjectOf(caseOf("c1", { asset: null }))).toBe("");
});
