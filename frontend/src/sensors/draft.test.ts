import { expect, test } from "vitest";
import type { Sensor } from "../api/types";
import { changesOf, differing, draftOf, fieldText, rebase } from "./draft";

const sensor: Sensor = {
  id: "s1",
  site: "p1",
  tag: "TT-1",
  name: "Supply",
  asset: "a1",
  unit: "°C",
  kind: "continuous",
  states: {},
  range: [0, 40],
  trusted: true,
  interval_s: 60,
  rollover: null,
  tolerance: 0,
  sampling: "periodic",
  stored_as: null,
  unmapped: false,
  origin: null,
  description: "",
  revision: 3,
};

const change = (part: Partial<ReturnType<typeof draftOf>>, of = sensor) => changesOf(of, { ...draftOf(of), ...part });

test("unchanged fields are not sent, whatever the kind", () => {
  const valve = { ...sensor, kind: "discrete", unit: "", range: null, states: { "0": "Closed", "1": "Open" } } as const;
  const meter = { ...sensor, kind: "counter", rollover: 100_000, tolerance: 0.5 } as const;
  for (const each of [sensor, valve, meter]) expect(change({}, each as Sensor)).toEqual({ changes: {}, errors: {} });
});

test("only changes are sent: the server converts an unchanged range with the unit", () => {
  expect(change({ unit: "°F" }).changes).toEqual({ unit: "°F" });
  expect(change({ unit: " °F ", low: "−10", high: "1e2" }).changes).toEqual({ unit: "°F", range: [-10, 100] });
  expect(change({ low: "", high: "", interval: "", asset: null }).changes).toEqual({
    range: null,
    interval_s: null,
    asset: null,
  });
});

test("changing the kind clears the fields that it does not have", () => {
  const meter = { ...sensor, kind: "counter", rollover: 100_000, tolerance: 0.5 } as Sensor;
  expect(change({ kind: "continuous" }, meter).changes).toEqual({ kind: "continuous", rollover: null, tolerance: 0 });
  expect(change({ kind: "text" }).changes).toEqual({ kind: "text", unit: "", range: null });
  expect(change({ kind: "discrete", states: "0 = Stopped\n\n 1: Running, full " }).changes.states).toEqual({
    "0": "Stopped",
    "1": "Running, full",
  });
});

test.each([
  [{ low: "cold" }, "range"],
  [{ low: "" }, "range"],
  [{ low: "50" }, "range"],
  [{ interval: "1 min" }, "interval_s"],
  [{ kind: "counter" as const, rollover: "never" }, "rollover"],
  [{ kind: "discrete" as const, states: "Stopped" }, "states"],
])("%j is not sent but reported at its field", (part, field) => {
  expect(Object.keys(change(part).errors)).toEqual([field]);
});

test("my changes are applied on top of somebody else's, which stay", () => {
  const current = { ...sensor, name: "Chilled water supply", range: [0, 30], revision: 4 } as Sensor;
  const { changes } = change({ unit: "K", low: "5" });
  expect(differing(sensor, current)).toEqual(["name", "range"]);
  expect(changesOf(current, rebase(current, changes)).changes).toEqual({ unit: "K", range: [5, 40] });
});

test("values are displayed for people", () => {
  const text = (field: Parameters<typeof fieldText>[0]) => fieldText(field, sensor, () => "CH-1");
  expect([text("asset"), text("range"), text("trusted"), text("rollover"), text("kind")]).toEqual([
    "CH-1",
    "0 … 40",
    "yes",
    "empty",
    "Continuous",
  ]);
});
