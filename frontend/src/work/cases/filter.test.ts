import { expect, it } from "vitest";
import { isFiltered, NO_FILTER, queryOf, readFilter } from "./filter";

const read = (text: string) => readFilter(new URLSearchParams(text));

it("shows what is open, unless the address says otherwise", () => {
  expect(queryOf(read(""))).toEqual({
    ...{ q: undefined, state: "open,in_progress", kind: undefined, assigned: undefined, overdue: undefined },
  });
  expect(queryOf(read("show=all")).state).toBeUndefined();
  expect(queryOf(read("show=closed&q=%20pump%20&kind=service&assigned=me&overdue=1&alarm=r1:s1"))).toEqual({
    ...{ q: "pump", state: "done,cancelled", kind: "service", assigned: "me", overdue: true, alarm: "r1:s1" },
  });
});

it("ignores what the address cannot mean", () => {
  const filter = read("show=__proto__&kind=constructor&assigned=1;2&overdue=yes&asset=");
  const nothing = { unknown: "__proto__", kind: null, assigned: null, overdue: false, nowhere: false, only: null };
  expect(filter).toEqual({ q: "", show: "open", ...nothing });
  expect(isFiltered(filter)).toBe(false);
});

it("knows what the address asks for in vain", () => {
  expect(read("show=purple")).toMatchObject({ show: "open", unknown: "purple" });
  expect(read("state=purple")).toMatchObject({ show: "open", unknown: "purple" });
  expect(read("show=closed&state=purple")).toMatchObject({ show: "closed", unknown: null });
});

it("knows that something is left out, and how to take that off", () => {
  for (const text of [
    "q=a",
    "kind=service",
    "assigned=none",
    "overdue=1",
    "place=none",
    "asset=a1",
    "plan=m1",
    "campaign=c1",
  ]) {
    expect(isFiltered(read(text)), text).toBe(true);
    expect(NO_FILTER).toHaveProperty(text.split("=")[0]!);
  }
  expect(isFiltered(read("show=closed"))).toBe(false);
});
