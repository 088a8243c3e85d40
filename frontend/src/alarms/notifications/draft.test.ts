import { describe, expect, it } from "vitest";
import type { RouteContent } from "./api";
import { missingOfPlan, missingOfRoute, newPlan, newRoute, newStep, withOneMore, withoutStep } from "./draft";

const told = { ...newStep(0), people: ["m1"] };
const missing = (route: RouteContent) => missingOfRoute(route, new Set(["browsers"]));

describe("missingOfRoute", () => {
  it("asks for a name and for somebody to tell", () =>
    expect(missing(newRoute(10))).toEqual(["Name", "who is told in step 1"]));
  it("asks for people where the only channel is to browsers", () => {
    const step = { ...newStep(0), channels: ["browsers"] };
    const route = { ...newRoute(10), name: "A" };
    expect(missing({ ...route, steps: [step] })).toEqual(["who is told in step 1"]);
    expect(missing({ ...route, steps: [{ ...step, shifts: ["p1"] }] })).toEqual([]);
    expect(missing({ ...route, steps: [{ ...step, channels: ["browsers", "mail"] }] })).toEqual([]);
  });
  it("asks for a later time of a later step", () =>
    expect(missing({ ...newRoute(10), name: "A", steps: [told, told] })).toEqual(["a later time of step 2"]));
  it("asks for the plan of a route that is used during shifts", () =>
    expect(missing({ ...newRoute(10), name: "A", steps: [told], active: { kind: "shifts", plan: "" } })).toEqual([
      "Shift plan",
    ]));
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
