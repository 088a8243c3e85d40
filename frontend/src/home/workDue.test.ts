import { expect, it } from "vitest";
import type { Case } from "../cases";
import { together } from "./WorkDue";

const cases = (...ids: string[]) => ids.map((id) => ({ id }) as Case);

it("lists the overdue cases before mine, each once, and few", () => {
  expect(together(cases("a", "b"), cases("b", "c")).map((each) => each.id)).toEqual(["a", "b", "c"]);
  expect(together(cases("a", "b", "c", "d"), cases("e", "f"))).toHaveLength(5);
});
