import "./symbols.css";
import { memo } from "react";
import { symbolOf } from "../core/library";
import type { State } from "../core/state";
import type { Placement } from "../core/types";
import { crossOf, SymbolShape } from "./SymbolShape";
import type { Shown } from "./shown";

interface Props {
  name: string;
  state?: State;
  shown?: Shown;
  /** What stands inside instruments and links. */
  label?: string;
  /** In pixels; it fits into a box of this size, and small ones are not enlarged beyond `maxZoom`. */
  width?: number;
  height?: number;
  maxZoom?: number;
}

/** Around the symbol, in its own units: half of a line is outside of its box. */
export const MARGIN = 2;

/** A symbol on its own, as in a palette. */
export const SymbolIcon = memo(function SymbolIcon(props: Props) {
  const { name, state = "none", shown, label = sampleLabel(name), width = 44, height = 36, maxZoom } = props;
  const symbol = symbolOf(name);
  if (!symbol) return null;
  const [wide, high] = [symbol.width + 2 * MARGIN, symbol.height + 2 * MARGIN];
  const zoom = zoomFor(symbol, width, height, maxZoom);
  const placement: Placement = { id: name, symbol: name, x: 0, y: 0, label };
  return (
    <svg
      className="pt-symbol"
      data-state={state}
      data-symbol={name}
      width={wide * zoom}
      height={high * zoom}
      viewBox={`${-MARGIN} ${-MARGIN} ${wide} ${high}`}
      aria-hidden="true"
    >
      <SymbolShape placement={placement} {...(shown && { shown })} />
      {state === "fault" && <path className="cross" d={crossOf(symbol.width / 2, symbol.height / 2)} />}
    </svg>
  );
});

export function zoomFor(symbol: { width: number; height: number }, width: number, height: number, maxZoom = 1.2) {
  return Math.min(width / (symbol.width + 2 * MARGIN), height / (symbol.height + 2 * MARGIN), maxZoom);
}

const sampleLabel = (name: string): string =>
  name.startsWith("instrument") ? "TT-101" : name === "link" ? "Boiler house" : name === "off_page" ? "To header" : "";
