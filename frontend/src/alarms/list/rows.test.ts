import { describe, expect, it } from "vitest";
import { alarmOf } from "../testAlarms";
import { beside, rowsOf } from "./rows";

const caused = (key: string, cause: string | null) =>
  alarmOf(key, { cause: cause ? { key: cause, name: cause, asset: null } : null });
const shown = (rows: ReturnType<typeof rowsOf>) => rows.map(({ alarm, depth }) => `${"·".repeat(depth)}${alarm.key}`);
const none = new Set<string>();

describe("rows of the list", () => {
  const list = [caused("c", "b"), caused("x", null), caused("b", "a"), caused("a", null)];

  it("stand each for itself where they are not grouped", () => {
    expect(shown(rowsOf(list, false, none))).toEqual(["c", "x", "b", "a"]);
  });

  it("stand under the first cause that is listed, however far away it is", () => {
    const rows = rowsOf(list, true, none);
    expect(shown(rows)).toEqual(["x", "a", "·c", "·b"]);
    expect(rows.map((row) => row.consequences)).toEqual([0, 2, 0, 0]);
  });

  it("are roots where their cause is not listed, or where two name each other", () => {
    expect(shown(rowsOf([caused("c", "gone"), caused("p", "q"), caused("q", "p")], true, none))).toEqual([
      "c",
      "p",
      "q",
    ]);
  });

  it("of many consequences are folded until the cause is opened", () => {
    const many = [caused("a", null), ...[1, 2, 3, 4].map((k) => caused(`c${k}`, "a"))];
    expect(shown(rowsOf(many, true, none))).toEqual(["a"]);
    expect(shown(rowsOf(many, true, new Set(["a"])))).toHaveLength(5);
    expect(shown(rowsOf(list, true, new Set(["a"])))).toEqual(["x", "a"]);
  });

  it("are gone through by the keyboard, which stops at both ends", () => {
    const rows = rowsOf(list, false, none);
    expect(beside(rows, null, 1)).toBe("c");
    expect(beside(rows, null, -1)).toBe("a");
    expect(beside(rows, "x", 1)).toBe("b");
    expect(beside(rows, "a", 1)).toBe("a");
    expect(beside(rows, "c", -1)).toBe("c");
    expect(beside([], null, 1)).toBeUndefined();
  });
});
