import { describe, expect, it } from "vitest";
import { blocksOf, DAY_MINUTES, uncoveredMinutes, unstaffedMinutes } from "./week";

const all = [1, 2, 3, 4, 5, 6, 7];

describe("blocksOf", () => {
  it("has a block for each day of an entry", () =>
    expect(blocksOf([{ days: [1, 3], from: "06:00", to: "14:30" }])).toEqual([
      { day: 1, start: 360, end: 870, entry: 0, lane: 0, lanes: 1 },
      { day: 3, start: 360, end: 870, entry: 0, lane: 0, lanes: 1 },
    ]));
  it("divides a night shift at midnight, that of Sunday into Monday", () =>
    expect(blocksOf([{ days: [7], from: "22:00", to: "06:00" }])).toEqual([
      { day: 1, start: 0, end: 360, entry: 0, lane: 0, lanes: 1 },
      { day: 7, start: 1320, end: DAY_MINUTES, entry: 0, lane: 0, lanes: 1 },
    ]));
  it("puts shifts that overlap beside one another, and others again over the whole width", () => {
    const [first, second, third] = blocksOf([
      { days: [1], from: "06:00", to: "14:00" },
      { days: [1], from: "12:00", to: "20:00" },
      { days: [1], from: "20:00", to: "24:00" },
    ]);
    expect([first!.lane, first!.lanes]).toEqual([0, 2]);
    expect([second!.lane, second!.lanes]).toEqual([1, 2]);
    expect([third!.lane, third!.lanes]).toEqual([0, 1]);
  });
});

describe("uncoveredMinutes", () => {
  it("counts the time in which nobody is on duty", () => {
    expect(uncoveredMinutes([])).toBe(7 * DAY_MINUTES);
    expect(uncoveredMinutes(blocksOf([{ days: all, from: "06:00", to: "22:00" }]))).toBe(7 * 8 * 60);
    const night = { days: all, from: "22:00", to: "06:00" };
    expect(uncoveredMinutes(blocksOf([{ days: all, from: "05:00", to: "23:00" }, night]))).toBe(0);
    expect(uncoveredMinutes(blocksOf([{ days: all, from: "00:00", to: "24:00" }]))).toBe(0);
  });
});

describe("unstaffedMinutes", () => {
  const day = { days: all, from: "06:00", to: "18:00", people: ["anna"] };
  const night = { days: all, from: "18:00", to: "06:00", people: [] };
  it("counts shifts without people", () => expect(unstaffedMinutes([day, night], null)).toBe(7 * 12 * 60));
  it("counts none of them if a group in turn has them", () =>
    expect(unstaffedMinutes([day, night], { groups: [["ben"]] })).toBe(0));
  it("counts them if one of the groups has nobody", () =>
    expect(unstaffedMinutes([day, night], { groups: [["ben"], []] })).toBe(7 * 12 * 60));
  it("has nothing to count without shifts, as a group is on duty around the clock", () => {
    expect(unstaffedMinutes([], { groups: [["ben"]] })).toBe(0);
    expect(unstaffedMinutes([], { groups: [[]] })).toBe(7 * DAY_MINUTES);
    expect(unstaffedMinutes([], null)).toBe(7 * DAY_MINUTES);
  });
});
