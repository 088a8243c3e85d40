import { describe, expect, it } from "vitest";
import { keepLimits, readSlots, toggleSlot, withSensor, writeSlots } from "./slots";

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

const IDS: Record<string, string> = { "TT-1": "s1", "FT-1": "s2" };
const add = (search: string, id: string) => withSensor(new URLSearchParams(search), id, (name) => IDS[name]);

describe("a sensor that is added to an address", () => {
  it("is not added again if the address names it by its tag", () => {
    expect(add("sensors=TT-1,FT-1", "s1").sensors).toBe("s1,s2");
    expect(add("sensors=TT-1", "s2").sensors).toBe("s1,s2");
  });
  it("has no limits of the sensor that was in its slot", () => {
    expect(add("sensors=,FT-1&limits=1:0..5,2:1..", "s3")).toEqual({ sensors: "s3,s2", limits: "2:1.." });
    const all = "a,b,c,d,e,f,g,h";
    expect(add(`sensors=${all}&limits=1:0..5,8:..3`, "z")).toEqual({ sensors: "z", limits: null });
  });
  it("leaves the others' limits as they are", () => {
    expect(add("sensors=TT-1&limits=1:0..5", "s2")).toEqual({ sensors: "s1,s2", limits: "1:0..5" });
    expect(keepLimits(null, ["a"], ["a"])).toBeNull();
    expect(keepLimits("x,9:1..2,1:0..1", ["a"], ["a"])).toBe("1:0..1");
  });
});
