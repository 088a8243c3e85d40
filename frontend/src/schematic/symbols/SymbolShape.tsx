import { memo } from "react";
import { sizeOf } from "../core/geometry";
import { boxOf } from "../core/geometry";
import type { Placement } from "../core/types";
import { SHAPES, wordsOf } from "./shapes";

/** The symbol of a placement inside its turned box, whose top left corner is 0, 0. */
export const SymbolShape = memo(function SymbolShape({ placement }: { placement: Placement }) {
  const shape = SHAPES[placement.symbol];
  if (!shape) return null;
  const size = sizeOf(placement);
  const box = boxOf(placement);
  const moves = [`translate(${box.width / 2} ${box.height / 2})`];
  if (placement.rotate) moves.push(`rotate(${placement.rotate})`);
  if (placement.flip) moves.push("scale(-1 1)");
  moves.push(`translate(${-size.width / 2} ${-size.height / 2})`);
  return (
    <>
      <g transform={moves.join(" ")}>{shape(size)}</g>
      {wordsOf(placement.symbol, placement.label ?? "").map(({ x, y, text, small }) => (
        <text key={text} className={small ? "word small" : "word"} x={x * box.width} y={y * box.height} dy="0.36em">
          {text}
        </text>
      ))}
    </>
  );
});
