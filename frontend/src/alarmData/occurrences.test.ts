import { describe, expect, it } from "vitest";
import { occurrencesOf, ribbonOf, standingAt, standingOfList } from "./occurrences";
import type { Alarm, Transition } from "./types";

let number = 0;
const entry = (what: Transition["what"], t: number, key = "r:s1", priority: Transition["priority"] = 2): Transition =>
  ({
    number: (number += 1),
    t,
    what,
    key,
    priority,
    name: key,
    target: { id: key.split(":")[1]!, tag: "TT-1", name: "", kind: "sensor", unit: "" },
    asset: { id: "a1", tag: "AHU-1", name: "" },
  }) as Transition;

const listed = (fields: Partial<Alarm>): Alarm =>
  ({
    key: "r:s1",
    name: "Too warm",
    priority: 2,
    condition: "unacknowledged",
    raised: 5,
    returned: null,
    acknowledged: null,
    target: { id: "s1", tag: "TT-1", name: "", kind: "sensor", unit: "" },
    asset: { id: "a1", tag: "AHU-1", name: "" },
    out_of_service: "",
    ...fields,
  }) as Alarm;

const spans = (found: ReturnType<typeof occurrencesOf>) =>
  found.map(({ start, end, acknowledged }) => [start, end, acknowledged]);

describe("occurrences out of list and journal", () => {
  it("go on with what was active at the start, and take entries in any order", () => {
    const journal = [entry("acknowledged", 40), entry("raised", 30), entry("returned", 20), entry("acknowledged", 10)];
    expect(spans(occurrencesOf([listed({})], journal.reverse()))).toEqual([
      [5, 20, 10],
      [30, null, 40],
    ]);
  });

  it("do not count twice what list and journal both have", () => {
    expect(spans(occurrencesOf([listed({ raised: 10 })], [entry("raised", 10), entry("returned", 12)]))).toEqual([
      [10, 12, null],
    ]);
  });

  it("ignore what ends without a known beginning, and what is out of service", () => {
    expect(occurrencesOf([listed({ out_of_service: "repair" })], [entry("returned", 12)])).toEqual([]);
  });

  it("take two entries of one millisecond in their order", () => {
    const journal = [entry("raised", 7), entry("returned", 7), entry("raised", 7)];
    expect(spans(occurrencesOf([], journal))).toEqual([
      [7, 7, null],
      [7, null, null],
    ]);
  });
});

describe("what stands at a moment", () => {
  const found = occurrencesOf(
    [],
    [
      entry("raised", 10, "r:s1", 3),
      entry("acknowledged", 20, "r:s1", 3),
      entry("returned", 30, "r:s1", 3),
      entry("raised", 15, "q:s2", 1),
      entry("returned", 18, "q:s2", 1),
    ],
  );

  it("is there from raised until it has returned and somebody has seen it", () => {
    expect(standingAt(found, 9).size).toBe(0);
    expect(standingAt(found, 10).get("s1")).toMatchObject({ priority: 3, unacknowledged: true, count: 1 });
    expect(standingAt(found, 25).get("s1")).toMatchObject({ unacknowledged: false });
    expect(standingAt(found, 30).get("s1")).toBeUndefined();
    expect(standingAt(found, 30).get("s2")).toMatchObject({ priority: 1, unacknowledged: true });
  });

  it("is the most important at an asset, and flashes as long as one of them is unacknowledged", () => {
    expect(standingAt(found, 16).get("a1")).toMatchObject({
      priority: 1,
      count: 2,
      unacknowledged: true,
      name: "q:s2",
    });
    expect(standingAt(found, 40).get("a1")).toMatchObject({ priority: 1, count: 1 });
  });

  it("is the same out of the list", () => {
    const list = [listed({ condition: "acknowledged", acknowledged: 6 }), listed({ key: "q:s1", priority: 4 })];
    expect(standingOfList(list).get("a1")).toMatchObject({ priority: 2, count: 2, unacknowledged: true });
    expect(standingOfList([list[0]!]).get("s1")).toMatchObject({ priority: 2, unacknowledged: false });
  });
});

describe("the ribbon", () => {
  it("shows the most important priority of each part, and joins what touches", () => {
    const found = occurrencesOf(
      [],
      [
        entry("raised", 10, "r:s1", 3),
        entry("returned", 60, "r:s1", 3),
        entry("raised", 30, "q:s2", 1),
        entry("returned", 40, "q:s2", 1),
      ],
    );
    expect(ribbonOf(found, 0, 100, 10).map(({ priority, start, end }) => [priority, start, end])).toEqual([
      [3, 10, 30],
      [1, 30, 40],
      [3, 40, 60],
    ]);
  });

  it("keeps the shortest alarm visible, goes on to the end for an open one, and stays inside", () => {
    const found = occurrencesOf(
      [listed({ raised: -50 })],
      [entry("raised", 95, "q:s2", 1), entry("returned", 95, "q:s2", 1)],
    );
    const bars = ribbonOf(found, 0, 100, 10);
    expect(bars.map(({ priority, start, end }) => [priority, start, end])).toEqual([
      [2, 0, 90],
      [1, 90, 100],
    ]);
    expect(ribbonOf(found, 200, 300, 10).map(({ start, end }) => [start, end])).toEqual([[200, 300]]);
    expect(ribbonOf([], 0, 100, 10)).toEqual([]);
  });
});
