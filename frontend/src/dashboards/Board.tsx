import { useElementSize } from "@mantine/hooks";
import type { CSSProperties } from "react";
import type { Dashboard } from "../api/types";
import styles from "./dashboards.module.css";
import { inReadingOrder, rowsOf } from "./layout";
import { TileFrame } from "./TileFrame";

interface Props {
  dashboard: Dashboard;
  /** All of it on the screen, whatever its height. */
  fill: boolean;
}

const NARROW_PX = 620;

/** The tiles of a dashboard to look at; below one another where the screen is narrow. */
export function Board({ dashboard, fill }: Props) {
  const { ref, width } = useElementSize();
  const rows = rowsOf(dashboard.tiles);
  const narrow = width > 0 && width < NARROW_PX;
  return (
    <div className={styles.board} ref={ref} data-fill={fill || undefined} data-testid="board">
      {width > 0 && (
        <div
          className={narrow ? styles.stack : styles.grid}
          style={fill && !narrow ? { gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`, height: "100%" } : undefined}
        >
          {inReadingOrder(dashboard.tiles).map((tile) => (
            <div
              key={tile.id}
              className={styles.cell}
              style={
                narrow
                  ? ({ "--rows": tile.height } as CSSProperties)
                  : {
                      gridColumn: `${tile.x + 1} / span ${tile.width}`,
                      gridRow: `${tile.y + 1} / span ${tile.height}`,
                    }
              }
            >
              <TileFrame tile={tile} range={dashboard.range} />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
