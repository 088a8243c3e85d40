import { expect, it } from "vitest";
import { formatNumber } from "../../format";
import { ruleText } from "./data";
import type { Definition } from "./data";
import { definitionOf, draftOf, EMPTY, numberOf, wrongFields } from "./draft";

it("says which fields are missing or no numbers", () => {
  expect(wrongFields(EMPTY)).toEqual(["name", "sensor", "states"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "threshold", sensor: "s1" })).toEqual(["above"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "state", sensor: "s1", states: ["1"], maxGap: "x" })).toEqual([
    "maxGap",
  ]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "event", startEvent: "a" })).toEqual(["endEvent"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "hand", figure: "mean" })).toEqual(["of"]);
});

it("sends only what its rule needs, and durations in seconds", () => {
  const draft = { ...EMPTY, name: " N ", by: "threshold" as const, sensor: "s1", states: ["1"], above: "2,500.5" };
  const sent = definitionOf("p1", { ...draft, minDuration: "5" });
  expect(sent.rule).toMatchObject({ by: "threshold", sensor: "s1", above: 2500.5, below: null, states: null });
  expect([sent.name, sent.min_duration_s, sent.best]).toEqual(["N", 300, null]);
});

it("has figures of the sensor that runs are compared by", () => {
  const draft = { ...EMPTY, by: "hand" as const, figure: "mean" as const, of: "s2", lowest: true };
  const sent = definitionOf("p1", draft);
  expect(sent.sensors).toEqual(["s2"]);
  expect(sent.best).toEqual({ figure: "mean", lowest: true, sensor: "s2" });
});

it("reads a comma only where numbers are shown with one", () => {
  for (const value of [1000, -1234567, 0.25, 12.5]) expect(numberOf(formatNumber(value, 2))).toBe(value);
  for (const [text, value] of [
    ["1000", 1000],
    [" 1,000 ", 1000],
    [".5", 0.5],
    ["-2", -2],
    ["1e3", 1000],
  ] as const) {
    expect(numberOf(text), text).toBe(value);
  }
  for (const text of [
    "2,5",
    "1,00",
    "10,000,0",
    ",5",
    "1.000,5",
    "0x10",
    "1e400",
    "Infinity",
    "-",
    ".",
    "e3",
    "1 000",
  ]) {
    expect(numberOf(text), text).toBeNaN();
  }
});

it("checks and sends only fields that the form shows", () => {
  const typed = { ...EMPTY, name: "N", above: "x", minDuration: "x", maxGap: "-1", of: "s2" };
  expect(wrongFields({ ...typed, by: "hand" })).toEqual([]);
  expect(definitionOf("p1", { ...typed, by: "hand" })).toMatchObject({ min_duration_s: 0, max_gap_s: 0, sensors: [] });
  expect(wrongFields({ ...typed, by: "event", startEvent: "a", endEvent: "b" })).toEqual(["minDuration", "maxGap"]);
});

it("says the least duration in whole units", () => {
  const rule = { by: "event", start_event: "a", end_event: "b" };
  const words = (min_duration_s: number) => ruleText({ rule, min_duration_s } as Definition, new Map());
  expect(words(100)).toContain("for at least 1 min 40 s");
  expect(words(30)).toContain("for at least 30 s");
});

const STORED = {
  id: "r1",
  site: "p1",
  name: "Hot",
  rule: {
    by: "threshold",
    sensor: "s1",
    states: null,
    above: -0.1234567,
    below: 2500.5,
    unit: "K",
    start_event: null,
    end_event: null,
    device: null,
  },
  min_duration_s: 100,
  max_gap_s: 7,
  sensors: ["s1", "s2"],
  best: { figure: "mean", lowest: true, sensor: "s2" },
  description: "As agreed",
  revision: 4,
} as Definition;

it("a definition that is opened and saved without a change is as it was", () => {
  const { id: _, revision: __, ...content } = STORED;
  expect(wrongFields(draftOf(STORED))).toEqual([]);
  expect(definitionOf("p1", draftOf(STORED), STORED)).toEqual(content);
  const rule = { ...STORED.rule, by: "event", sensor: null, above: null, below: null, unit: null };
  const events = { ...STORED, rule: { ...rule, start_event: "a", end_event: "b", device: "press-1" } } as Definition;
  expect(definitionOf("p1", draftOf(events), events).rule).toEqual(events.rule);
});

it("limits are in another sensor's unit once that sensor is chosen", () => {
  const other = definitionOf("p1", { ...draftOf(STORED), sensor: "s9", maxGap: "2" }, STORED);
  expect([other.rule.unit, other.max_gap_s, other.min_duration_s]).toEqual([null, 120, 100]);
});
