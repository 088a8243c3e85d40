import { describe, expect, test } from "vitest";
import type { Correction, CorrectionResult } from "./api";
import { describeCorrection, parseShift, resultText } from "./wording";

const result = (counts: Partial<CorrectionResult>) =>
  ({ removed: 0, added: 0, changed: 0, left: 0, ...counts }) as CorrectionResult;

describe("what a correction does", () => {
  test.each([
    [{ removed: 1200 }, "delete", true, "This would remove 1,200 samples."],
    [{ removed: 10, added: 8, changed: 2 }, "shift", true, "This would remove 10 samples, add 8, replace 2."],
    [{ changed: 5 }, "swap", false, "Done: replaced 5."],
    [{}, "delete", true, "No samples in this range; nothing would change."],
    [
      { removed: 3, changed: 2, left: 1 },
      "undo",
      true,
      "Undoing would remove 3 samples and bring back 2. 1 sample was overwritten since and is kept.",
    ],
  ] as const)("%j", (counts, action, dry, expected) => {
    expect(resultText(result(counts), action, dry)).toBe(expected);
  });
});

test.each([
  ["1h", 3_600_000],
  ["-90 min", -5_400_000],
  ["+30s", 30_000],
  ["\u22121d", -86_400_000],
  ["0h", null],
  ["an hour", null],
])("a shift by %s", (text, ms) => {
  expect(parseShift(text)).toBe(ms);
});

test("a correction's description names the sensors, the range and the action", () => {
  const correction = {
    action: "shift",
    sensors: ["a", "b", "c", "d"],
    start: 0,
    end: 3_600_000,
    by_ms: -3_600_000,
  } as unknown as Correction;
  expect(describeCorrection(correction, (id) => id.toUpperCase(), "UTC")).toBe(
    "A, B, C and 1 more, from 1 Jan 1970 00:00:00 to 1 Jan 1970 01:00:00, 1 h earlier",
  );
  const swapped = { action: "swap", sensors: ["a", "b"], start: null, end: 0 } as unknown as Correction;
  expect(describeCorrection(swapped, (id) => id, "UTC")).toBe("a and b, before 1 Jan 1970 00:00:00");
});
