import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLUMNS, inReadingOrder, keyedPlace, newId, overlap, placeFor, rowsOf } from "./layout";
import type { Tile } from "../api/types";

const tile = (id: string, x: number, y: number, width: number, height: number): Tile => ({
  id,
  kind: "text",
  x,
  y,
  width,
  height,
  title: "",
  sensors: [],
  range: null,
  view: null,
  schematic: null,
  text: "",
});

describe("the grid of a dashboard", () => {
  it("places new tiles where nothing is, inside the grid", () => {
    const kinds = fc.constantFrom("trend", "view", "values", "table", "schematic", "text");
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 25 }), (wanted) => {
        const tiles: Tile[] = [];
        for (const kind of wanted as Tile["kind"][])
          tiles.push({ ...tile(newId(tiles), 0, 0, 1, 1), ...placeFor(kind, tiles) });
        for (const a of tiles) {
          expect(a.x + a.width).toBeLessThanOrEqual(COLUMNS);
          for (const b of tiles) if (a !== b) expect(overlap(a, b)).toBe(false);
        }
        expect(new Set(tiles.map(({ id }) => id)).size).toBe(tiles.length);
      }),
      { numRuns: 30 },
    );
  });

  it("moves and resizes by a cell, never out of the grid", () => {
    const place = { x: 9, y: 0, width: 3, height: 1 };
    expect(keyedPlace(place, "ArrowLeft", false)).toEqual({ ...place, x: 8 });
    expect(keyedPlace(place, "ArrowDown", true)).toEqual({ ...place, height: 2 });
    expect(keyedPlace(place, "ArrowRight", false)).toBeNull();
    expect(keyedPlace(place, "ArrowRight", true)).toBeNull();
    expect(keyedPlace(place, "ArrowUp", false)).toBeNull();
    expect(keyedPlace(place, "ArrowUp", true)).toBeNull();
    expect(keyedPlace(place, "x", false)).toBeNull();
  });

  it("is read from the top left", () => {
    const tiles = [tile("c", 0, 4, 2, 2), tile("b", 6, 0, 2, 4), tile("a", 0, 0, 2, 4)];
    expect(inReadingOrder(tiles).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(rowsOf(tiles)).toBe(6);
    expect(rowsOf([])).toBe(0);
  });
});
