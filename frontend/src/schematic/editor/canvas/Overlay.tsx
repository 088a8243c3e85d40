import { memo, useSyncExternalStore } from "react";
import { boxOfPart } from "../../core/edit/boxes";
import { partsOf } from "../../core/edit/builder";
import { portsOf } from "../../core/edit/connect";
import { placementsOf } from "../../core/edit/routing";
import { boxOf } from "../../core/geometry";
import { symbolOf } from "../../core/library";
import { routePipe } from "../../core/route";
import { pathOf } from "../../core/crossings";
import type { Placement } from "../../core/types";
import { SymbolShape } from "../../symbols/SymbolShape";
import { useEditing, useEditorState } from "../context";
import styles from "./canvas.module.css";

/** Above the drawing: what is selected, ports, guides, and what a gesture would do. */
export function Overlay() {
  const { hints } = useEditing();
  const hint = useSyncExternalStore(hints.subscribe, hints.read);
  const { drawing, selection } = useEditorState();
  const hovered = drawing.placements?.find(({ id }) => id === hint.hovered);
  const single = selection.size === 1 ? drawing.placements?.find(({ id }) => selection.has(id)) : undefined;
  // One of several that are selected is there to be moved with them, also where its ports would cover it.
  const several = selection.size > 1 && hovered !== undefined && selection.has(hovered.id);
  return (
    <svg className={styles.overlay}>
      <g data-selection>
        <Selected />
        {single && <Ports placement={single} />}
      </g>
      {hovered && hovered !== single && !several && <Ports placement={hovered} />}
      {hint.guides?.map(({ axis, at, from, to }) => (
        <line
          key={`${axis}${at}`}
          className={styles.guide}
          {...(axis === "x"
            ? { x1: at, x2: at, y1: from - 40, y2: to + 40 }
            : { y1: at, y2: at, x1: from - 40, x2: to + 40 })}
        />
      ))}
      {hint.area && <rect className={styles.area} {...hint.area} />}
      {hint.ghost && <Ghost symbol={hint.ghost.symbol} at={hint.ghost.at} />}
      {hint.pipe && (
        <g>
          <path className={styles.drawn} data-fits={hint.pipe.fits} d={hint.pipe.path} />
          <circle className={styles.target} data-fits={hint.pipe.fits} cx={hint.pipe.at.x} cy={hint.pipe.at.y} />
          {hint.pipe.text && (
            <foreignObject x={hint.pipe.at.x - 330} y={hint.pipe.at.y - 12} width="320" height="24">
              <div className={styles.hintText}>
                <span>{hint.pipe.text}</span>
              </div>
            </foreignObject>
          )}
        </g>
      )}
    </svg>
  );
}

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;

const Selected = memo(function Selected() {
  const { drawing, selection } = useEditorState();
  if (selection.size === 0) return null;
  const placements = placementsOf(drawing);
  return partsOf(drawing)
    .filter(({ part }) => selection.has(part.id))
    .map(({ list, part }) => {
      if (list === "pipes") {
        const pipe = drawing.pipes!.find(({ id }) => id === part.id)!;
        const line = routePipe(pipe, placements);
        if (!line) return null;
        return (
          <g key={part.id}>
            <path className={styles.chosenPipe} d={pathOf(line)} />
            {selection.size === 1 &&
              line.slice(1).map((b, index) => {
                const a = line[index]!;
                return (
                  <circle
                    key={index}
                    className={styles.handle}
                    data-run={index + 1}
                    data-way={a.y === b.y ? "ns" : "ew"}
                    cx={(a.x + b.x) / 2}
                    cy={(a.y + b.y) / 2}
                  />
                );
              })}
          </g>
        );
      }
      const box = boxOfPart(list, part);
      const pad = 5;
      const resizable =
        selection.size === 1 && list === "placements" && symbolOf((part as Placement).symbol)?.resizable;
      return (
        <g key={part.id}>
          <rect
            className={styles.chosen}
            x={box.x - pad}
            y={box.y - pad}
            width={box.width + 2 * pad}
            height={box.height + 2 * pad}
          />
          {resizable &&
            HANDLES.map((name) => (
              <circle
                key={name}
                className={styles.handle}
                data-handle={name}
                cx={box.x + (name.includes("w") ? 0 : name.includes("e") ? box.width : box.width / 2)}
                cy={box.y + (name.includes("n") ? 0 : name.includes("s") ? box.height : box.height / 2)}
              />
            ))}
        </g>
      );
    });
});

const Ports = memo(function Ports({ placement }: { placement: Placement }) {
  return portsOf(placement).map(({ x, y, end, info }) => (
    <g key={end.port} className={styles.port} data-port={end.port} data-of={placement.id} data-kind={info.kind}>
      <circle className={styles.portHit} cx={x} cy={y} />
      <circle className={styles.portDot} cx={x} cy={y} />
      <title>{end.port}</title>
    </g>
  ));
});

function Ghost({ symbol, at }: { symbol: string; at: { x: number; y: number } }) {
  const placement: Placement = { id: "ghost", symbol, x: 0, y: 0 };
  const { width, height } = boxOf(placement);
  return (
    <g className={`pt-symbol ${styles.ghost}`} transform={`translate(${at.x - width / 2} ${at.y - height / 2})`}>
      <SymbolShape placement={placement} />
    </g>
  );
}
