import { expect, it } from "vitest";
import { alarmOf } from "../testAlarms";
import { chainOf, consequencesOf } from "./chain";

const caused = (key: string, cause: string | null, raised = 0) =>
  alarmOf(key, { raised, cause: cause ? { key: cause, name: cause, asset: null } : null });
const keys = (alarms: { key: string }[]) => alarms.map((alarm) => alarm.key);

it("follows the causes from the nearest one on, and ends where one is not listed or comes again", () => {
  const list = [caused("c", "b"), caused("b", "a"), caused("a", "gone")];
  expect(keys(chainOf(list[0]!, list))).toEqual(["b", "a"]);
  const ring = [caused("p", "q"), caused("q", "r"), caused("r", "q")];
  expect(keys(chainOf(ring[0]!, ring))).toEqual(["q", "r"]);
});

it("lists what an alarm has caused by the time at which it was raised", () => {
  const list = [caused("a", null), caused("c", "b", 3), caused("b", "a", 2), caused("d", "a", 1), caused("x", null, 0)];
  expect(keys(consequencesOf(list[0]!, list))).toEqual(["d", "b", "c"]);
  const ring = [caused("p", "q", 1), caused("q", "p", 2)];
  expect(keys(consequencesOf(ring[0]!, ring))).toEqual(["q"]);
});
