import { describe, expect, it } from "vitest";
import type { Route, RouteContent } from "./api";
import { dayWords, extraWords, inOrder, matchWords, moved, stepWords } from "./words";
import type { Names } from "./words";

const known: Record<string, string> = {
  nc1: "Operations",
  m1: "Anna",
  sp1: "Operators",
  p1: "Harbour",
  al1: "Too warm",
};
const nameOf = (id: string) => known[id] ?? id;
const names: Names = { channel: nameOf, person: nameOf, plan: nameOf, place: nameOf, rule: nameOf };
const empty = { priorities: [], sites: [], areas: [], assets: [], rules: [] };
const content: RouteContent = {
  name: "All",
  enabled: true,
  order: 10,
  match: empty,
  on: ["raised"],
  active: { kind: "always" },
  steps: [],
  digest: null,
  quiet: null,
  repeat_s: null,
  stop: false,
};

describe("matchWords", () => {
  it("says which alarms in a phrase", () => {
    expect(matchWords(empty, names)).toBe("All alarms");
    expect(matchWords({ ...empty, priorities: [1, 2], sites: ["p1"], areas: ["r9"], rules: ["al1"] }, names)).toBe(
      "Priority 1 and 2 in Harbour or r9 of Too warm",
    );
  });
  it("counts what is too long to list", () =>
    expect(matchWords({ ...empty, assets: ["a", "b", "c", "d", "e", "f"] }, names)).toContain("d or 2 more"));
});

describe("stepWords", () => {
  it("says when and whom", () => {
    const step = { after_s: 600, channels: ["nc1"], people: ["m1"], shifts: ["sp1"] };
    expect(stepWords(step, names)).toEqual({
      when: "After 10\u202fmin, unless acknowledged",
      who: "Operations, Anna and whoever is on duty in Operators",
    });
    expect(stepWords({ after_s: 0, channels: [], people: [], shifts: [] }, names)).toEqual({
      when: "At once",
      who: "nobody",
    });
  });
});

describe("dayWords", () => {
  it.each([
    [[5, 1, 2, 3, 4], "Mon to Fri"],
    [[1, 2, 3, 4, 5, 6, 7], "daily"],
    [[2, 4], "Tue, Thu"],
    [[6, 7], "Sat, Sun"],
  ])("%j is %s", (days, words) => expect(dayWords(days)).toBe(words));
});

describe("extraWords", () => {
  it("is empty for a plain route", () => expect(extraWords(content, names)).toEqual([]));
  it("says what is particular", () =>
    expect(
      extraWords(
        {
          ...content,
          on: ["raised", "returned"],
          active: { kind: "weekly", zone: "Asia/Dubai", times: [{ days: [1, 2, 3], from: "08:00", to: "16:00" }] },
          digest: { every_s: 3_600, at: null, zone: "UTC" },
          quiet: { from: "22:00", to: "06:00", zone: "Asia/Dubai", exempt: [1] },
          repeat_s: 1_800,
          stop: true,
        },
        names,
      ),
    ).toEqual([
      "Mon to Wed 08:00 to 16:00 (Asia/Dubai)",
      "also when it returns to normal",
      "in one message every 1\u202fh",
      "quiet from 22:00 to 06:00, except for priority 1",
      "again every 30\u202fmin until somebody acknowledges",
      "later routes are not used",
    ]));
});

describe("moved", () => {
  const route = (id: string, order: number): Route => ({
    ...content,
    id,
    name: id,
    order,
    revision: 1,
    created: 0,
    created_by: "",
    changed: 0,
    changed_by: "",
  });
  const routes = [route("c", 100), route("a", 10), route("b", 100)];
  const ids = (list: readonly Route[]) => list.map((each) => each.id);
  it("exchanges two", () => {
    expect(ids(inOrder(routes))).toEqual(["a", "b", "c"]);
    expect(ids(moved(routes, "c", -1))).toEqual(["a", "c", "b"]);
    expect(ids(moved(routes, "a", 1))).toEqual(["b", "a", "c"]);
  });
  it("does nothing at either end", () => {
    expect(ids(moved(routes, "a", -1))).toEqual(["a", "b", "c"]);
    expect(ids(moved(routes, "c", 1))).toEqual(["a", "b", "c"]);
  });
});
