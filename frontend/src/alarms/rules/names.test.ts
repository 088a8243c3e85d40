import { expect, it } from "vitest";
import { newRule } from "./draft";
import { withNames } from "./names";

const nameOf = (id: string) => ({ s1: "AHU3-POS", s2: "AHU3-CMD", f1: "dT" })[id] ?? id;

it("shows tags and names where ids are stored, and leaves what it does not know", () => {
  const rule = {
    ...newRule("harbour"),
    applies: { site: "p1", sensors: ["s1", "gone"], calculated: ["f1"] },
    trigger: { kind: "deviation", set_point: "s2", limit: 12 } as const,
    overrides: [{ target: "AHU-3", trigger: { kind: "deviation", set_point: 4, limit: 1 } as const }],
  };
  const named = withNames(rule, nameOf);
  expect(named.applies).toMatchObject({ site: "p1", sensors: ["AHU3-POS", "gone"], calculated: ["dT"] });
  expect(named.trigger).toMatchObject({ set_point: "AHU3-CMD" });
  expect(named.overrides[0]!.trigger).toMatchObject({ set_point: 4 });
  const follows = { kind: "discrepancy", command: "s2", within_s: 30 } as const;
  expect(withNames({ ...rule, trigger: follows }, nameOf).trigger).toMatchObject({ command: "AHU3-CMD" });
});
