import { expect, it } from "vitest";
import { roundStep } from "./steps";

it("a round step is 1, 2 or 5 times a power of ten, and not less than asked", () => {
  for (const [rough, step] of [
    [1, 1],
    [1.1, 2],
    [2.5, 5],
    [5.1, 10],
    [730, 1000],
    [0.03, 0.05],
  ] as const) {
    expect(roundStep(rough), String(rough)).toBeCloseTo(step, 10);
  }
});
