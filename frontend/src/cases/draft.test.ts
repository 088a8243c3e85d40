import { expect, it } from "vitest";
import { Problem } from "../api/problem";
import { changesOf, contentOf, currentOf } from "./draft";
import { caseOf } from "./testCases";

it("sends ids where a case has names, and nothing that the server adds", () => {
  const content = contentOf(caseOf("c1", { assigned: { id: "m7", name: "Ada" }, due: 5 }));
  expect(content).toMatchObject({ asset: "a1", sensor: null, assigned: "m7", due: 5, state: "open" });
  for (const name of ["id", "number", "revision", "steps", "opened", "plan", "campaign", "site"])
    expect(content).not.toHaveProperty(name);
});

it("finds what was changed in the form, so that the rest may be what others stored meanwhile", () => {
  const before = contentOf(caseOf("c1", { downtime: { start: 1, end: null } }));
  expect(changesOf(before, { ...before })).toEqual({});
  const after = { ...before, title: "Other", assigned: "m7", downtime: { start: 1, end: 2 } };
  expect(changesOf(before, after)).toEqual({ title: "Other", assigned: "m7", downtime: { start: 1, end: 2 } });
});

it("knows what somebody else stored, and only then", () => {
  const theirs = caseOf("c1", { title: "Theirs" });
  expect(currentOf(new Problem(409, "", "", { current: theirs }, "stale-revision"))).toBe(theirs);
  expect(currentOf(new Problem(409, "", "", { current: theirs }, "too-many-cases"))).toBeUndefined();
  expect(currentOf(new Error("no"))).toBeUndefined();
});
