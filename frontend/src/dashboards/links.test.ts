// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import type { SavedView, Sensor, Site, Tile } from "../api/types";
import { tileLink } from "./links";

const sites = [
  { id: "p1", slug: "works" },
  { id: "p2", slug: "harbour" },
] as Site[];
const trend = { sensors: ["s2"], range: null, start: 1000, end: 2000, options: { plot: "xy" } };
const known = {
  base: "/t/plant",
  range: "8h",
  sites,
  sensors: new Map([["s2", { id: "s2", site: "p2" } as Sensor]]),
  views: [{ id: "w1", site: "p2", trend }] as unknown as SavedView[],
  schematic: { site: "p2" },
};
const tile = (part: Partial<Tile>) =>
  ({ sensors: [], range: null, view: null, schematic: null, text: "", ...part }) as unknown as Tile;

beforeEach(() => history.replaceState(null, "", "/t/plant/dashboards/h1?site=works&tz=utc"));

it("a tile of another site opens there", () => {
  const trend = tile({ kind: "trend", sensors: ["gone", "s2"] });
  expect(tileLink(trend, known)).toBe("/t/plant/trends?site=harbour&tz=utc&sensors=gone,s2&range=8h");
  expect(tileLink(tile({ kind: "view", view: "w1" }), known)).toContain("/t/plant/trends?site=harbour&tz=utc&");
  expect(tileLink(tile({ kind: "schematic", schematic: "c1" }), known)).toBe("/t/plant/plant/c1?site=harbour&tz=utc");
  expect(tileLink(tile({ kind: "text" }), known)).toBeNull();
});

it("keeps the page's site while the tile's is unknown", () => {
  const unknown = { ...known, sensors: new Map<string, Sensor>(), schematic: undefined };
  expect(tileLink(tile({ kind: "trend", sensors: ["s2"] }), unknown)).toContain("site=works");
  expect(tileLink(tile({ kind: "schematic", schematic: "c1" }), unknown)).toContain("site=works");
});

it("a saved view opens with its own range, or with the one that its tile has", () => {
  const opened = (range: string | null) =>
    new URL(tileLink(tile({ kind: "view", view: "w1", range }), known)!, "http://plant").searchParams;
  expect(Object.fromEntries(opened(null))).toMatchObject({ view: "w1", sensors: "s2", start: "1000", end: "2000" });
  const own = opened("7d");
  expect(Object.fromEntries(own)).toMatchObject({ view: "w1", sensors: "s2", range: "7d", plot: "xy" });
  expect([own.has("start"), own.has("end")]).toEqual([false, false]);
});
