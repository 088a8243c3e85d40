import { describe, expect, it } from "vitest";
import { missingOfPlan, missingOfRoute, newPlan, newRoute, newStep, withOneMore, withoutStep } from "./draft";

const told = { ...newStep(0), people: ["m1"] };

describe("missingOfRoute", () => {
  it("asks for a name and for somebody to tell", () =>
    expect(missingOfRoute(newRoute(10))).toEqual(["Name", "who is told in step 1"]));
  it("asks for a later time of a later step", () =>
    expect(missingOfRoute({ ...newRoute(10), name: "A", steps: [told, told] })).toEqual(["a later time of step 2"]));
  it("asks for the plan of a route that is used during shifts", () =>
    expect(missingOfRoute({ ...newRoute(10), name: "A", steps: [told], active: { kind: "shifts", plan: "" } })).toEqual(
      ["Shift plan"],
    ));
});

describe("missingOfPlan", () => {
  it("asks for people", () => expect(missingOfPlan({ ...newPlan("UTC"), name: "A" })).toEqual(["On duty"]));
  it("has them in a group of the rotation, too", () =>
    expect(
      missingOfPlan({ ...newPlan("UTC"), name: "A", rotation: { days: 7, begins: "2026-03-02", groups: [["m1"]] } }),
    ).toEqual([]));
});

describe("steps", () => {
  it("begin at once, whichever is removed", () =>
    expect(withoutStep([told, { ...told, after_s: 600 }], 0)).toEqual([told]));
  it("come later than the last one", () => {
    expect(withOneMore([]).map((step) => step.after_s)).toEqual([0]);
    expect(withOneMore([told, { ...told, after_s: 900 }]).map((step) => step.after_s)).toEqual([0, 900, 1_500]);
  });
});
