import { memo } from "react";
import { boxOf } from "../../core/geometry";
import { hasLabelInside, symbolOf } from "../../core/library";
import type { DrawnPipe } from "../../core/scene";
import type { DrawnText, Medium, Placement, ValueTag } from "../../core/types";
import { SymbolShape } from "../../symbols/SymbolShape";
import { useFlow, usePlacementState, useShown } from "../../view/context";
import { TrendPlot } from "../../view/TrendPlot";
import { TagPart, TextPart } from "../../view/TagPart";
import view from "../../view/view.module.css";
import styles from "./canvas.module.css";

const at = (x: number, y: number) => ({ transform: `translate(${x}px, ${y}px)` });

/** One symbol with its label. It renders again only if it was changed, or its state. */
export const EditSymbol = memo(function EditSymbol({
  placement,
  joint,
}: {
  placement: Placement;
  joint?: Medium | undefined;
}) {
  const state = usePlacementState(placement.id);
  const shown = useShown(placement, state);
  const box = boxOf(placement);
  if (placement.symbol === "junction") {
    return (
      <div className={styles.part} style={at(box.x, box.y)} data-part={placement.id}>
        <svg className={`pt-pipe ${styles.joint}`} data-medium={joint ?? "water"} width="1" height="1">
          <circle className={styles.jointHit} r="7" />
          <rect className="joint" x="-3" y="-3" width="6" height="6" />
        </svg>
      </div>
    );
  }
  const [tag = "", ...rest] = (placement.label ?? "").split(" ");
  return (
    <div
      className={styles.part}
      style={{ ...at(box.x, box.y), width: box.width, height: box.height }}
      data-part={placement.id}
      data-symbol={placement.symbol}
      title={symbolOf(placement.symbol)?.title}
    >
      <svg
        className="pt-symbol"
        data-state={state}
        data-symbol={placement.symbol}
        width={box.width}
        height={box.height}
      >
        <SymbolShape placement={placement} shown={shown} />
        <TrendPlot placement={placement} />
        <rect className={styles.hit} width={box.width} height={box.height} />
      </svg>
      {placement.label && !hasLabelInside(placement.symbol) && (
        <div className={view.label} data-at={placement.label_at ?? "bottom"} data-wide={box.width >= 100}>
          <b>{tag}</b>
          {rest.length > 0 && <span>{rest.join(" ")}</span>}
        </div>
      )}
    </div>
  );
});

export const EditPipe = memo(
  function EditPipe({ drawn: { pipe, kind, path, arrow } }: { drawn: DrawnPipe }) {
    const flow = useFlow(pipe.id);
    return (
      <g className="pt-pipe" data-medium={pipe.medium} data-kind={kind} data-flow={flow} data-part={pipe.id}>
        <path className={styles.pipeHit} d={path} />
        <path className="run" d={path} />
        {arrow && (
          <path
            className="arrow"
            d="M-5 -5.5 6 0 -5 5.5Z"
            transform={`translate(${arrow.x} ${arrow.y}) rotate(${arrow.angle})`}
          />
        )}
      </g>
    );
  },
  ({ drawn: a }, { drawn: b }) =>
    a.pipe === b.pipe && a.path === b.path && a.arrow?.x === b.arrow?.x && a.arrow?.y === b.arrow?.y,
);

export const EditTag = memo(function EditTag({ tag }: { tag: ValueTag }) {
  return (
    <div className={`${styles.part} ${view.part}`} data-anchor={tag.anchor} style={at(tag.x, tag.y)} data-part={tag.id}>
      <TagPart tag={tag} />
    </div>
  );
});

export const EditText = memo(function EditText({ text }: { text: DrawnText }) {
  return (
    <div className={`${styles.part} ${view.part} ${styles.words}`} style={at(text.x, text.y)} data-part={text.id}>
      <TextPart text={text} />
    </div>
  );
});
