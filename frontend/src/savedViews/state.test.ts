import { describe, expect, it } from "vitest";
import type { SavedView } from "../api/types";
import { changesFor, differs, trendOf } from "./state";

const view = (trend: Partial<SavedView["trend"]>): SavedView => ({
  id: "w1",
  revision: 1,
  name: "Pumps",
  site: "p1",
  shared: false,
  default: false,
  mine: true,
  author: "anna",
  created: 0,
  changed: 0,
  trend: { sensors: [], range: null, start: null, end: null, options: {}, ...trend },
});

describe("saved views", () => {
  it("keep what the address says of the trend, and nothing of the reader", () => {
    const address =
      "site=works&at=1700000000000&sensors=TT-1,,FT-1&range=7d&mode=band&c=1&ref=2&pane=notes&events=none&BAD=1";
    expect(trendOf(new URLSearchParams(address), ["s1", null, "s2"])).toEqual({
      sensors: ["s1", null, "s2"],
      range: "7d",
      start: null,
      end: null,
      options: { mode: "band", events: "none" },
    });
    const fixed = trendOf(new URLSearchParams("start=1700000000000&end=1700000001000&range=7d"), []);
    expect([fixed.start, fixed.end, fixed.range]).toEqual([1700000000000, 1700000001000, null]);
  });

  it("do not bring back a reader's cursor that was saved with them", () => {
    const older = view({ sensors: ["s1"], options: { mode: "line", ref: "5", c: "6" } });
    expect(changesFor(older, new URLSearchParams())).not.toHaveProperty("ref");
    expect(differs({ ...older.trend, options: { mode: "line" } }, older.trend)).toBe(false);
  });

  it("replace the whole state but site, moment and zone", () => {
    const shown = view({ sensors: ["s1", null, "s2", null], range: "8h", options: { mode: "line" } });
    const changes = changesFor(shown, new URLSearchParams("site=works&tz=utc&mode=band&scale=log&c=5&start=1&end=2"));
    expect(changes).toEqual({
      mode: "line",
      scale: null,
      c: null,
      start: null,
      end: null,
      range: "8h",
      sensors: "s1,,s2",
      view: "w1",
    });
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(changes)) if (value !== null) params.set(name, String(value));
    expect(differs(trendOf(params, ["s1", null, "s2"]), shown.trend)).toBe(false);
    params.set("ref", "5");
    expect(differs(trendOf(params, ["s1", null, "s2"]), shown.trend)).toBe(false);
    params.set("mode", "band");
    expect(differs(trendOf(params, ["s1", null, "s2"]), shown.trend)).toBe(true);
  });
});
