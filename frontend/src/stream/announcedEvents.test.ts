import { expect, it } from "vitest";
import { announcedEvents, concerns, join } from "./announcedEvents";

const step = {
  topic: "events" as const,
  of: 1,
  from: 50,
  to: 50,
  events: [{ id: "v", ts: 50, type: "step", device: "M-1" }],
};

it("reads again only what the announced events may have changed", () => {
  const announced = announcedEvents(step)!;
  expect(concerns(announced, {})).toBe(true);
  expect(concerns(announced, { from: "50", to: "51", type: "door,step", device: "M-1" })).toBe(true);
  expect(concerns(announced, { from: "51", to: "99" })).toBe(false);
  expect(concerns(announced, { from: "0", to: "50" })).toBe(false);
  expect(concerns(announced, { type: "door" })).toBe(false);
  expect(concerns(announced, { device: "M-2" })).toBe(false);
});

it("takes a flood, of which it knows the last ones only, for anything within its time", () => {
  const flood = announcedEvents({ ...step, of: 900, from: 10, to: 90 })!;
  expect(concerns(flood, { from: "80", type: "door" })).toBe(true);
  expect(concerns(flood, { from: "91", type: "door" })).toBe(false);
  const both = join(announcedEvents({ ...step, from: 5, to: 5 }), flood);
  expect([both.of, both.from, both.to, both.events.length]).toEqual([901, 5, 90, 2]);
  expect(announcedEvents({ topic: "jobs" })).toBeUndefined();
});
