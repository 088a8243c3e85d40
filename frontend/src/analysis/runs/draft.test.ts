import { expect, it } from "vitest";
import { definitionOf, EMPTY, wrongFields } from "./draft";

it("says which fields are missing or no numbers", () => {
  expect(wrongFields(EMPTY)).toEqual(["name", "sensor", "states"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "threshold", sensor: "s1" })).toEqual(["above"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "hand", minDuration: "x" })).toEqual(["minDuration"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "event", startEvent: "a" })).toEqual(["endEvent"]);
  expect(wrongFields({ ...EMPTY, name: "N", by: "hand", figure: "mean" })).toEqual(["of"]);
});

it("sends only what its rule needs, and durations in seconds", () => {
  const draft = { ...EMPTY, name: " N ", by: "threshold" as const, sensor: "s1", states: ["1"], above: "2,5" };
  const sent = definitionOf("p1", { ...draft, minDuration: "5" });
  expect(sent.rule).toMatchObject({ by: "threshold", sensor: "s1", above: 2.5, below: null, states: null });
  expect([sent.name, sent.min_duration_s, sent.best]).toEqual(["N", 300, null]);
});

it("has figures of the sensor that runs are compared by", () => {
  const draft = { ...EMPTY, by: "hand" as const, figure: "mean" as const, of: "s2", lowest: true };
  const sent = definitionOf("p1", draft);
  expect(sent.sensors).toEqual(["s2"]);
  expect(sent.best).toEqual({ figure: "mean", lowest: true, sensor: "s2" });
});
