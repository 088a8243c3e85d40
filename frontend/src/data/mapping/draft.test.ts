import { describe, expect, it } from "vitest";
import type { MappingDraft, Trial, TriedArrival } from "./api";
import {
  changed,
  draftOf,
  errorsOf,
  insertRule,
  mappingOf,
  moveRule,
  newRule,
  copyOf,
  ruleFor,
  rulesWithErrors,
  same,
  startOf,
  undone,
  withRule,
  withoutRule,
} from "./draft";
import { rowsOf, takenBy } from "./trial";

const MAPPING: MappingDraft = {
  unmatched: "keep",
  site: "",
  distinguish: { influxdb: { tag: "node", by: "time" } },
  rules: ["cpu", "mem", "disk"].map((name) => ({
    name,
    tags: { host: "{host}" },
    field: "{field}",
    source: "",
    site: "plant",
    sensor: "{host}.{field}",
    unit: "%",
    scale: 0.1,
    offset: -2,
    description: "",
    enabled: true,
  })),
};
const draft = draftOf(MAPPING);
const names = (of: typeof draft) => of.rules.map((rule) => rule.name);

describe("a draft", () => {
  it("is the mapping that it was made of", () => expect(mappingOf(draft)).toEqual({ mapping: MAPPING, errors: {} }));

  it("reads numbers as people type them, and names those that are none", () => {
    const typed = withRule(draft, 1, { scale: " \u22122 ", offset: "a" });
    expect(mappingOf(typed).mapping.rules[1]!.scale).toBe(-2);
    expect(mappingOf(typed).errors).toEqual({ "rules[1].offset": "must be a number." });
    expect(mappingOf(withRule(draft, 0, { scale: "" })).errors).toHaveProperty("rules[0].scale");
  });

  it("copies a rule as it was typed", () => {
    const typed = withRule(draft, 1, { scale: "\u22122", offset: "a" }).rules[1]!;
    expect(copyOf(typed)).toEqual({ ...typed, id: expect.any(Number) });
    expect(copyOf(typed).id).not.toBe(typed.id);
  });

  it("names what a rule lacks before it is sent", () =>
    expect(Object.keys(mappingOf(insertRule(draft, newRule({ site: "plant" }))).errors)).toEqual([
      "rules[3].name",
      "rules[3].sensor",
    ]));

  it("refuses a tag that is named twice, and leaves out empty ones", () => {
    const tags = [
      { key: "a", text: "x" },
      { key: "a", text: "y" },
      { key: "", text: "" },
    ];
    expect(mappingOf(withRule(draft, 0, { tags })).errors).toEqual({ "rules[0].tags.a": "is named twice." });
    expect(mappingOf(withRule(draft, 0, { tags: tags.slice(1) })).mapping.rules[0]!.tags).toEqual({ a: "y" });
  });

  it("keeps the order in which rules were put", () => {
    expect(names(moveRule(draft, 2, -1))).toEqual(["cpu", "disk", "mem"]);
    expect(moveRule(draft, 0, -1)).toBe(draft);
    expect(moveRule(draft, 2, 1)).toBe(draft);
    expect(names(withoutRule(draft, 1))).toEqual(["cpu", "disk"]);
    expect(names(insertRule(draft, newRule({ name: "net" }), 1))).toEqual(["cpu", "net", "mem", "disk"]);
  });
});

describe("undo", () => {
  it("takes back a text as a whole, and other changes one by one", () => {
    let history = startOf(draft);
    for (const name of ["c", "cp", "cpu2"])
      history = changed(history, withRule(history.draft, 0, { name }), "rules[0].name");
    history = changed(history, moveRule(history.draft, 0, 1));
    history = changed(history, moveRule(history.draft, 1, 1));
    history = undone(history);
    expect(names(history.draft)).toEqual(["mem", "cpu2", "disk"]);
    history = undone(undone(history));
    expect(same(history.draft, draft)).toBe(true);
    expect(undone(history)).toBe(history);
  });

  it("does not remember what changes nothing", () => {
    const history = startOf(draft);
    expect(changed(history, moveRule(draft, 0, -1))).toBe(history);
  });
});

it("tells which rules have errors", () => {
  const errors = errorsOf([
    { field: "rules[2].tags.host", message: "x" },
    { field: "site", message: "y" },
  ]);
  expect([...rulesWithErrors(errors)]).toEqual([2]);
  expect(errors.site).toBe("y");
});

const arrival = (part: Partial<TriedArrival>): TriedArrival => ({
  source: "influxdb",
  received: 1,
  name: "cpu",
  tags: {},
  time: null,
  fields: [],
  ...part,
});

describe("a rule for an arrival", () => {
  it("gives each of its tags a part", () => {
    const rule = ruleFor(arrival({ tags: { Host: "gw-1", "cpu-no": "0" } }), "plant");
    expect(rule.tags).toEqual([
      { key: "Host", text: "{host}" },
      { key: "cpu-no", text: "{cpu_no}" },
    ]);
    expect(rule.sensor).toBe("{host}.{cpu_no}.{field}");
  });

  it("never has one part twice, nor one of the field's name", () => {
    const rule = ruleFor(arrival({ tags: { "a-b": "1", "a.b": "2", field: "3", "9": "4" } }), "plant");
    expect(rule.tags.map((each) => each.text)).toEqual(["{part}", "{a_b}", "{a_b_2}", "{part_2}"]);
  });

  it("has the name where there are no tags", () =>
    expect(ruleFor(arrival({ name: "plant/ahu/temp" }), "p").sensor).toBe("plant.ahu.temp.{field}"));
});

describe("a trial", () => {
  const field = (name: string, outcome: "stored" | "kept" | "rejected" | "created", rule: number | null = null) => ({
    field: name,
    value: 1,
    outcome,
    site: "p",
    sensor: "s",
    id: null,
    kind: null,
    unit: "",
    becomes: 1,
    rule,
    reason: "",
  });
  const trial: Trial = {
    arrivals: [
      arrival({ received: 9, tags: { a: "1", b: "2" }, fields: [field("x", "stored", 2), field("y", "kept")] }),
      arrival({ received: 8, tags: { b: "2", a: "1" }, fields: [field("x", "stored", 2)] }),
      arrival({ received: 7, name: "mem", fields: [field("x", "rejected"), field("z", "created", 1)] }),
    ],
    counts: {},
    clashes: [],
  };

  it("has a row for each series, what is not stored first", () =>
    expect(rowsOf(trial).map((row) => [row.arrival.name, row.field.field, row.count])).toEqual([
      ["mem", "x", 1],
      ["cpu", "y", 1],
      ["mem", "z", 1],
      ["cpu", "x", 2],
    ]));

  it("counts the series of each rule", () =>
    expect([...takenBy(rowsOf(trial))]).toEqual([
      [1, 1],
      [2, 1],
    ]));
});
