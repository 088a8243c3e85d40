import type { Tile } from "../api/types";

export const COLUMNS = 12;
export const ROW_PX = 44;
export const GAP_PX = 8;
export const MAX_TILES = 40;
export const MAX_SENSORS = { trend: 8, values: 50, table: 50 } as const;

type Place = Pick<Tile, "x" | "y" | "width" | "height">;

const SIZES: Record<Tile["kind"], [number, number]> = {
  trend: [6, 7],
  view: [6, 7],
  values: [3, 5],
  table: [6, 5],
  schematic: [6, 8],
  text: [3, 3],
};

export const rowsOf = (tiles: readonly Place[]): number =>
  tiles.reduce((most, tile) => Math.max(most, tile.y + tile.height), 0);

export const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** A place for a new tile of its kind's usual size: the first that is free, from the top. */
export function placeFor(kind: Tile["kind"], tiles: readonly Place[]): Place {
  const [width, height] = SIZES[kind];
  for (let y = 0; y <= rowsOf(tiles); y += 1) {
    for (let x = 0; x + width <= COLUMNS; x += 1) {
      const place = { x, y, width, height };
      if (!tiles.some((tile) => overlap(tile, place))) return place;
    }
  }
  return { x: 0, y: rowsOf(tiles), width, height };
}

/** What an arrow key makes of a tile's place: moved by a cell, or with Shift resized by one. */
export function keyedPlace(place: Place, key: string, resize: boolean): Place | null {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
  if (dx === 0 && dy === 0) return null;
  const next = resize
    ? { ...place, width: place.width + dx!, height: place.height + dy! }
    : { ...place, x: place.x + dx!, y: place.y + dy! };
  const fits = next.x >= 0 && next.y >= 0 && next.x + next.width <= COLUMNS && next.width >= 1 && next.height >= 1;
  return fits ? next : null;
}

/** In the order in which they are read: for narrow screens and the keyboard. */
export const inReadingOrder = (tiles: readonly Tile[]): Tile[] => [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);

export const newId = (tiles: readonly Tile[]): string => {
  let number = tiles.length + 1;
  while (tiles.some((tile) => tile.id === `t${number}`)) number += 1;
  return `t${number}`;
};
