import type { SymbolInfo } from "../core/library";
import { zoomFor, MARGIN } from "../symbols/SymbolIcon";
import styles from "./gallery.module.css";

interface Props {
  symbol: SymbolInfo;
  width: number;
  height: number;
  maxZoom?: number;
  /** Numbers beside them, as in the list of ports. */
  numbered?: boolean;
}

/** Marks where pipes may end, over a `SymbolIcon` of the same size. */
export function Ports({ symbol, numbered = false, ...room }: Props) {
  const zoom = zoomFor(symbol, room.width, room.height, room.maxZoom);
  const at = (x: number) => (x + MARGIN) * zoom;
  return (
    <svg
      className={styles.ports}
      data-numbered={numbered || undefined}
      width={(symbol.width + 2 * MARGIN) * zoom}
      height={(symbol.height + 2 * MARGIN) * zoom}
      aria-hidden="true"
    >
      {Object.entries(symbol.ports).map(([name, { x, y }], index) => (
        <g key={name} transform={`translate(${at(x)} ${at(y)})`}>
          <circle r={numbered ? 7 : 3.5} />
          {numbered && <text dy="0.36em">{index + 1}</text>}
        </g>
      ))}
    </svg>
  );
}
