import { useElementSize } from "@mantine/hooks";
import type { KeyboardEvent } from "react";
import { useState } from "react";
import GridLayout, { verticalCompactor } from "react-grid-layout";
import type { Layout } from "react-grid-layout";
import { moveElement } from "react-grid-layout/core";
import type { Tile } from "../api/types";
import styles from "./dashboards.module.css";
import { COLUMNS, GAP_PX, inReadingOrder, keyedPlace, ROW_PX } from "./layout";
import { texts } from "./texts";
import { TileFrame } from "./TileFrame";

interface Props {
  tiles: Tile[];
  range: string;
  setTiles: (tiles: Tile[]) => void;
  edit: (tile: Tile) => void;
}

const layoutOf = (tiles: readonly Tile[]): Layout =>
  tiles.map(({ id, x, y, width, height }) => ({ i: id, x, y, w: width, h: height }));

/** The tiles with their new places; the same array if none has moved. */
function placed(tiles: Tile[], layout: Layout): Tile[] {
  const places = new Map(layout.map((item) => [item.i, item]));
  const next = tiles.map((tile) => {
    const item = places.get(tile.id);
    if (!item) return tile;
    const same = item.x === tile.x && item.y === tile.y && item.w === tile.width && item.h === tile.height;
    return same ? tile : { ...tile, x: item.x, y: item.y, width: item.w, height: item.h };
  });
  return next.every((tile, index) => tile === tiles[index]) ? tiles : next;
}

/** The tiles to be dragged and resized, by mouse, finger or keys. Loaded when somebody edits. */
export default function EditGrid({ tiles, range, setTiles, edit }: Props) {
  const { ref, width } = useElementSize();
  const [said, say] = useState("");
  const take = (layout: Layout) => {
    const next = placed(tiles, layout);
    if (next !== tiles) setTiles(next);
  };
  const press = (tile: Tile, event: KeyboardEvent, title: string) => {
    if (event.key === "Delete") setTiles(tiles.filter(({ id }) => id !== tile.id));
    else if (event.key === "Enter") edit(tile);
    else {
      const next = keyedPlace(tile, event.key, event.shiftKey);
      if (!next) return;
      const layout = layoutOf(
        tiles.map((each) => (each.id === tile.id ? { ...each, width: next.width, height: next.height } : each)),
      );
      const item = layout.find(({ i }) => i === tile.id)!;
      const moved = moveElement(layout, item, next.x, next.y, true, false, "vertical", COLUMNS);
      const compact = verticalCompactor.compact(moved, COLUMNS);
      take(compact);
      const at = compact.find(({ i }) => i === tile.id)!;
      say(texts.moved(title, at.x, at.y, at.w, at.h));
    }
    event.preventDefault();
  };
  return (
    <div className={styles.board} ref={ref} data-testid="edit-grid">
      {width > 0 && (
        <GridLayout
          className={styles.editGrid}
          layout={layoutOf(tiles)}
          width={width}
          gridConfig={{
            cols: COLUMNS,
            rowHeight: ROW_PX,
            margin: [GAP_PX, GAP_PX],
            containerPadding: [0, 0],
            maxRows: Infinity,
          }}
          dragConfig={{ enabled: true, bounded: false, handle: "[data-handle]", cancel: "button", threshold: 3 }}
          resizeConfig={{ enabled: true, handles: ["se"] }}
          onDragStop={take}
          onResizeStop={take}
        >
          {inReadingOrder(tiles).map((tile) => (
            <div key={tile.id} className={styles.cell}>
              <TileFrame
                tile={tile}
                range={range}
                editing={{
                  edit: () => edit(tile),
                  remove: () => setTiles(tiles.filter(({ id }) => id !== tile.id)),
                  onKeyDown: (event, title) => press(tile, event, title),
                }}
              />
            </div>
          ))}
        </GridLayout>
      )}
      <p className={styles.said} role="status">
        {said}
      </p>
    </div>
  );
}
