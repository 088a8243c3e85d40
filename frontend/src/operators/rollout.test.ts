import { describe, expect, it } from "vitest";
import { eventLine, gateLine, progressOf, ringLine } from "./rollout";

describe("a ring of a roll-out", () => {
  it("counts tenants that need nothing more as complete", () => {
    const states = { done: 3, "left out": 1, soaking: 2, waiting: 4 };
    expect(progressOf(states)).toEqual({ complete: 4, returned: 0, busy: 2, failed: 0, total: 10 });
  });
  it("says what is in progress", () => {
    const line = ringLine(
      "early",
      { done: 9, upgrading: 2, soaking: 1, waiting: 8 },
      { state: "running", ring: "early" },
    );
    expect(line).toBe("2 upgrading · 1 soaking");
  });
  it("names the ring that it waits for", () => {
    expect(ringLine("all", { waiting: 104 }, { state: "running", ring: "early" })).toBe("waiting for early");
  });
  it("waits for a person while the roll-out is paused", () => {
    expect(ringLine("early", { waiting: 5 }, { state: "paused", ring: "early" })).toBe("paused");
  });
  it("names failures first", () => {
    const line = ringLine("canary", { done: 1, failed: 1, soaking: 1 }, { state: "stopped", ring: "canary" });
    expect(line).toBe("1 failed · 1 soaking");
  });
  it("is not complete with tenants that rolled back", () => {
    expect(progressOf({ returned: 2 })).toMatchObject({ complete: 0, returned: 2, total: 2 });
    expect(ringLine("canary", { returned: 2 }, { state: "done", ring: "all" })).toBe("2 rolled back");
    expect(ringLine("canary", { done: 1, returned: 2 }, { state: "done", ring: "all" })).toBe(
      "complete · 2 rolled back",
    );
  });
  it("is complete with excluded tenants", () => {
    expect(ringLine("canary", { done: 3, "left out": 1 }, { state: "running", ring: "early" })).toBe(
      "complete · 1 excluded",
    );
  });
});

it("shows the gate in one line", () => {
  const gate = { concurrency: 5, healthy_within_s: 300, soak_s: 60, max_lag_s: 30, upgraded_within_s: 1800 };
  expect(gateLine(gate)).toBe(
    "5 concurrent · healthy within 5 min, then for 1 min · ingest delay at most 30 s · test query succeeds",
  );
});

describe("the history of a roll-out", () => {
  it("names the tenant of an event", () => {
    expect(eventLine({ what: "soaking", tenant: "mill", ring: "early" })).toBe("mill: healthy");
    expect(eventLine({ what: "left out", tenant: "mill", ring: "early" })).toBe("mill: excluded");
  });
  it("or the roll-out", () => {
    expect(eventLine({ what: "ring", tenant: "", ring: "early" })).toBe("Ring early started");
    expect(eventLine({ what: "done", tenant: "", ring: "all" })).toBe("Roll-out done");
    expect(eventLine({ what: "resumed", tenant: "", ring: "early" })).toBe("Roll-out resumed");
  });
});
