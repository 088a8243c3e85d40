import { describe, expect, it } from "vitest";
import { readSlots, toggleSlot, writeSlots } from "./slots";

describe("sensors in addresses", () => {
  it("keeps an empty slot, and so the colours of the others, when one is removed", () => {
    expect(toggleSlot(["a", "b", "c"], "b")).toEqual(["a", null, "c"]);
    expect(writeSlots(["a", null, "c"])).toBe("a,,c");
    expect(readSlots("a,,c")).toEqual(["a", null, "c"]);
    expect(toggleSlot(["a", null, "c"], "d")).toEqual(["a", "d", "c"]);
    expect(writeSlots(["a", null])).toBe("a");
  });
  it("accepts no ninth sensor", () => {
    const eight = "abcdefgh".split("");
    expect(toggleSlot(eight, "i")).toBeNull();
    expect(readSlots("a,b,c,d,e,f,g,h,i")).toHaveLength(8);
  });
});
