import { describe, expect, it } from "vitest";
import type { Event } from "../api/types";
import { readFilter, writeTypes } from "./filter";
import { describeMark, marksOf } from "./marks";

const event = (ts: number, fields: Record<string, unknown> = {}): Event => ({
  id: `v${ts}`,
  ts,
  type: "door.opened",
  device: "M-17",
  firmware: "",
  received: ts,
  version: 0,
  fields,
  _overflow: {},
  context: {},
  attachments: {},
});

describe("marks of events", () => {
  it("joins events that are too close to be told apart, and leaves out those outside", () => {
    const marks = marksOf([event(95), event(12), event(11), event(50), event(100), event(-1)], 0, 100, 10);
    expect(marks.map((mark) => [mark.t, mark.events.length])).toEqual([
      [11, 2],
      [50, 1],
      [95, 1],
    ]);
  });

  it("says what happened, with the first fields, and how many more there are", () => {
    const text = describeMark(
      { t: 0, events: [event(0, { by: "service", trace: [1, 2], long: "x".repeat(99) })] },
      "UTC",
    );
    expect(text).toContain("door.opened, M-17: by service, trace [1,2], long " + "x".repeat(40) + "…");
    const many = describeMark({ t: 0, events: Array.from({ length: 9 }, (_, k) => event(k)) }, "UTC");
    expect(many.split("\n")).toHaveLength(7);
    expect(many).toContain("and 3 more");
  });

  it("keeps the filter in the address as short as it can be", () => {
    const all = ["a", "b", "c"];
    expect(writeTypes(["c", "a", "b"], all)).toBeNull();
    expect(writeTypes(["c", "a"], all)).toBe("a,c");
    expect(readFilter("a,c", null)).toEqual({ types: ["a", "c"], device: "" });
    expect(readFilter(writeTypes([], all), "M-1")).toEqual({ types: [], device: "M-1" });
    expect(readFilter(null, null).types).toBeNull();
  });
});
