import { describe, expect, it } from "vitest";
import { changedIn, isSame, missingOf, newRule, scopeOf, withScope } from "./draft";
import { KINDS, missingIn, newTrigger, stateValue } from "./triggers";
import type { Trigger } from "./api";
import { appliesWords, triggerWords } from "./words";

const complete: Record<string, Trigger> = {
  limit: { kind: "limit", side: "low", limit: 0 },
  deviation: { kind: "deviation", set_point: "CHWS-SP", limit: 1.5, side: "both" },
  rate: { kind: "rate", limit: 2, window_s: 60, side: "both" },
  state: { kind: "state", states: [2] },
  discrepancy: { kind: "discrepancy", command: "AHU3-CMD", within_s: 30 },
  stale: { kind: "stale", after_s: 900 },
  frozen: { kind: "frozen", after_s: 3600 },
  out_of_range: { kind: "out_of_range" },
  event_count: { kind: "event_count", event_type: "door.opened", count: 3, window_s: 60 },
  expression: { kind: "expression", expression: "{A} > 1" },
};

describe("drafts of rules", () => {
  it("say what is missing, for every kind of trigger, and 0 is a limit", () => {
    for (const kind of KINDS) {
      expect(missingIn(complete[kind]!), kind).toEqual([]);
      const blank = missingIn(newTrigger(kind));
      expect(blank.length > 0, kind).toBe(!["stale", "frozen", "out_of_range"].includes(kind));
    }
    const draft = newRule("harbour");
    expect(missingOf(draft)).toHaveLength(3);
    const filled = { ...draft, name: "Too warm", applies: { sensors: ["A"] }, trigger: complete.limit! };
    expect(missingOf(filled)).toEqual([]);
    expect(missingOf({ ...filled, armed: { expression: null, delay_s: 0, schedule: null } })).toHaveLength(1);
    expect(missingOf({ ...filled, overrides: [{ target: "" }] })).toHaveLength(1);
  });

  it("apply to one kind of thing at a time", () => {
    const applies = { site: "harbour", sensors: ["A"], devices: [] };
    expect(scopeOf(applies)).toBe("sensors");
    const typed = withScope(applies, "asset_type");
    expect(typed).toMatchObject({ site: "harbour", sensors: [], asset_type: "", pattern: "*" });
    expect(scopeOf(withScope({ ...typed, devices: ["M-1"] }, "devices"))).toBe("devices");
  });

  it("know what was changed, but for the reason", () => {
    const draft = newRule("harbour");
    expect(isSame(draft, { ...draft, note: "why" })).toBe(true);
    expect(isSame(draft, { ...draft, on_delay_s: 61 })).toBe(false);
    expect(changedIn(draft, { ...draft, on_delay_s: 61, note: "why" })).toEqual(["on-delay"]);
  });

  it("are said in words for every kind", () => {
    for (const kind of KINDS) expect(triggerWords(complete[kind]!, { unit: "degC", states: {} }), kind).not.toBe("");
    const measure = { unit: "degC", states: { "2": "Tripped" } };
    expect(triggerWords({ kind: "limit", side: "high", limit: 14.5 }, measure)).toBe("above 14.5 °C");
    expect(triggerWords({ kind: "state", states: [2, 3, "Open"] }, measure)).toBe("in state Tripped, 3, Open");
    expect(appliesWords({ sensors: ["A", "B", "C", "D", "E"] })).toBe("A, B, C, and 2 more");
  });

  it("take states that look like numbers for numbers", () => {
    expect([" 2", "Open", "-1", ""].map(stateValue)).toEqual([2, "Open", -1, ""]);
  });
});
