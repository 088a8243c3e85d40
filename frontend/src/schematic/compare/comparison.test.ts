import { expect, it } from "vitest";
import { readOther, turned, writeOther } from "./comparison";

const AT = 1_700_000_000_000;

it("the other moment of an address is fixed or moves along, and survives being written", () => {
  for (const other of [{ at: AT }, { shift: 86_400_000 }, { shift: -5 }]) {
    const { vs, shift } = writeOther(other);
    expect(readOther(vs === null ? null : String(vs), shift === null ? null : String(shift))).toEqual(other);
  }
  expect(writeOther(null)).toEqual({ vs: null, shift: null });
});

it("anything else compares nothing", () => {
  for (const [vs, shift] of [
    [null, null],
    ["soon", "0"],
    [null, "1e9"],
    [null, "99999999999999"],
    [null, "12 h"],
  ]) {
    expect(readOther(vs!, shift!)).toBeNull();
  }
});

it("a fixed moment can move along from where it is, and stop again", () => {
  expect(turned({ at: AT }, AT + 5000)).toEqual({ shift: 5000 });
  expect(turned({ shift: 5000 }, AT + 5000)).toEqual({ at: AT });
});
