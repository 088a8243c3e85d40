import { expect, it } from "vitest";
import type { Arrivals } from "../../stream";
import { MAX_LINES, NOTHING, copied, filtered, withArrivals } from "./watch";

const arrived = (...texts: string[]): Arrivals => ({
  topic: "arrivals/influxdb",
  at: 1,
  of: 100,
  sender: "gateway",
  arrivals: texts.map((text) => ({ text, reason: text.startsWith("bad") ? "no number" : "" })),
});

it("shows the newest first, and counts what is not shown", () => {
  const watched = withArrivals(withArrivals(NOTHING, arrived("a", "b")), arrived("c"));
  expect(watched.lines.map((line) => line.text)).toEqual(["c", "b", "a"]);
  expect(new Set(watched.lines.map((line) => line.key)).size).toBe(3);
  expect(watched.seen).toBe(200);
});

it("keeps a bounded number", () => {
  let watched = NOTHING;
  for (let n = 0; n < 100; n++) watched = withArrivals(watched, arrived("a", "b", "c", "d", "e"));
  expect(watched.lines).toHaveLength(MAX_LINES);
});

it("finds lines by all words, also of the reason, and copies them as they were sent", () => {
  const { lines } = withArrivals(NOTHING, arrived("cpu x=1", "bad cpu", "mem x=1"));
  expect(filtered(lines, "CPU number").map((line) => line.text)).toEqual(["bad cpu"]);
  expect(copied(filtered(lines, " "))).toBe("cpu x=1\nbad cpu\nmem x=1");
});
