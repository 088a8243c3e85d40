import { memo, useId } from "react";
import { boxOf, sizeOf, turn } from "../core/geometry";
import { symbolOf } from "../core/library";
import { fitted, spanOf } from "../core/shape";
import type { Primitive } from "../core/shape";
import type { Placement } from "../core/types";
import { Indications } from "./Indications";
import { NOTHING } from "./shown";
import type { Shown } from "./shown";

interface Props {
  placement: Placement;
  shown?: Shown;
}

interface Size {
  width: number;
  height: number;
}

/** The mark of a fault, about a point. */
export const crossOf = (x: number, y: number): string => `M${x - 8} ${y - 8}l16 16m0-16l-16 16`;

/** The symbol of a placement inside its turned box, whose top left corner is 0, 0. */
export const SymbolShape = memo(function SymbolShape({ placement, shown = NOTHING }: Props) {
  const symbol = symbolOf(placement.symbol);
  if (!symbol) return null;
  const size = sizeOf(placement);
  const box = boxOf(placement);
  const parts = fitted(symbol.shape, symbol, size);
  const words = wordsFor(placement.label ?? "", shown);
  const corner = { x: (box.width - size.width) / 2, y: (box.height - size.height) / 2 };
  return (
    <>
      <g transform={transformOf(placement, size, box)}>
        {parts.map((part, index) => (
          <Part key={index} part={part} shown={shown} />
        ))}
      </g>
      {parts.map((part, index) => {
        if (part.is !== "text") return null;
        const alone = standsAlone(part.text, parts, words);
        const at = turn(alone ? centreOf(size) : part, size, placement.rotate, placement.flip);
        return (
          <text
            key={index}
            className={`word ${alone ? "" : part.role}`}
            x={at.x + corner.x}
            y={at.y + corner.y}
            dy="0.36em"
            data-stale={staleIn(part.text, shown) || undefined}
          >
            {filled(part.text, words)}
          </text>
        );
      })}
      <Indications shown={shown} width={box.width} height={box.height} />
    </>
  );
});

/** About its centre. None for most: each transform is a step of its own whenever a frame is put together. */
function transformOf({ rotate, flip }: Placement, size: Size, box: Size): string | undefined {
  if (!rotate && !flip) return undefined;
  const moves = [`translate(${box.width / 2} ${box.height / 2})`];
  if (rotate) moves.push(`rotate(${rotate})`);
  if (flip) moves.push("scale(-1 1)");
  return [...moves, `translate(${-size.width / 2} ${-size.height / 2})`].join(" ");
}

function Part({ part, shown }: { part: Primitive; shown: Shown }) {
  if (part.is === "text" || part.role === "plot") return null;
  if (part.role === "liquid") return shown.level === undefined ? null : <Liquid area={part} level={shown.level} />;
  if (part.role === "needle" && shown.turn === undefined) return null;
  const { is: Element, role, turn: about, ...attributes } = part;
  return <Element className={role} {...attributes} {...(about && { transform: turned(about, shown.turn) })} />;
}

function turned({ x, y, from, to }: { x: number; y: number; from: number; to: number }, share: number | undefined) {
  return share === undefined ? undefined : `rotate(${Math.round((from + (to - from) * share) * 10) / 10} ${x} ${y})`;
}

/** The lower part of an area, up to the level. */
function Liquid({ area, level }: { area: Exclude<Primitive, { is: "text" }>; level: number }) {
  const id = useId();
  const { is: Element, role: _role, turn: _turn, ...attributes } = area;
  const { top, bottom } = spanOf(area);
  const height = (bottom - top) * level;
  return (
    <>
      <clipPath id={id}>
        <Element {...attributes} />
      </clipPath>
      <rect className="level" x="0" width="100%" y={bottom - height} height={height} clipPath={`url(#${id})`} />
    </>
  );
}

const PLACEHOLDER = /\{([a-z0-9_]+(?::tag)?)\}/g;

function wordsFor(label: string, { words = {} }: Shown): Record<string, string> {
  const [, letters = label, number = ""] = /^([A-Za-z]+)-?(.*)$/.exec(label.split(" ")[0] ?? "") ?? [];
  return { label, letters, number, ...words };
}

const filled = (text: string, words: Record<string, string>): string =>
  text.replace(PLACEHOLDER, (_, name: string) => words[name] ?? "");

/** The letters of an instrument without a number stand in its middle, unless a line is there. */
const standsAlone = (text: string, parts: readonly Primitive[], words: Record<string, string>): boolean =>
  text === "{letters}" && !words.number && !parts.some(({ role }) => role === "line" || role === "dashed");

const centreOf = ({ width, height }: { width: number; height: number }) => ({ x: width / 2, y: height / 2 });

const staleIn = (text: string, { stale = [] }: Shown): boolean =>
  [...text.matchAll(PLACEHOLDER)].some(([, name]) => stale.includes(name!));
