import { expect, it } from "vitest";
import { readFilter, writePriorities } from "./filter";

it("reads what the address says, and nothing that it cannot mean", () => {
  const filter = readFilter(new URLSearchParams("q=pump&priority=2,1,9,x&sort=raised&asset=a1"));
  expect(filter).toEqual({ q: "pump", priorities: [1, 2], unknown: ["9", "x"], asset: "a1", sort: "raised" });
  expect(readFilter(new URLSearchParams("priority=&sort=__proto__"))).toEqual({
    q: "",
    priorities: [],
    unknown: [],
    asset: null,
    sort: null,
  });
});

it("leaves the address empty where all priorities are shown", () => {
  expect(writePriorities([])).toBeNull();
  expect(writePriorities([4, 3, 2, 1])).toBeNull();
  expect(writePriorities([3, 1])).toBe("1,3");
});
