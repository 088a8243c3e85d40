import { boxOf } from "../geometry";
import type { Box } from "../geometry";
import { hasLabelInside } from "../library";
import type { Drawing, DrawnText, Pipe, Placement, Point, ValueTag } from "../types";
import type { List, Part } from "./change";

/** Approximate sizes of words, which no font has measured yet. */
const LETTER = 7.2;
const LABEL_HEIGHT = 16;
const LABEL_GAP = 3;
const TAG = { width: 62, height: 22, label: 16 };
const TEXT = {
  small: { letter: 6.2, height: 15 },
  normal: { letter: 6.8, height: 18 },
  heading: { letter: 7.4, height: 18 },
};
/** Symbols at least this wide have a label above them at their left edge. */
const WIDE = 100;

export function boxOfTag(tag: ValueTag): Box {
  const left = tag.anchor === "right" ? TAG.width : tag.anchor === "centre" ? TAG.width / 2 : 0;
  return { x: tag.x - left, y: tag.y, width: TAG.width, height: TAG.height };
}

/** Of the words above a value. */
export function boxOfTagLabel(tag: ValueTag): Box | undefined {
  if (!tag.label) return undefined;
  const width = tag.label.length * 6.4;
  const left = tag.anchor === "right" ? width : tag.anchor === "centre" ? width / 2 : 0;
  return { x: tag.x - left, y: tag.y - TAG.label, width, height: TAG.label };
}

export function boxOfText(text: DrawnText): Box {
  const { letter, height } = TEXT[text.size ?? "normal"];
  return { x: text.x, y: text.y, width: Math.max(8, text.text.length * letter), height };
}

export function labelBoxOf(placement: Placement): Box | undefined {
  if (!placement.label || hasLabelInside(placement.symbol) || placement.symbol === "junction") return undefined;
  const box = boxOf(placement);
  const width = placement.label.length * LETTER;
  const size = { width, height: LABEL_HEIGHT };
  const middle = { x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - LABEL_HEIGHT / 2 };
  switch (placement.label_at ?? "bottom") {
    case "top":
      return { ...size, x: box.width >= WIDE ? box.x : middle.x, y: box.y - LABEL_GAP - LABEL_HEIGHT };
    case "left":
      return { ...size, x: box.x - 6 - width, y: middle.y };
    case "right":
      return { ...size, x: box.x + box.width + 6, y: middle.y };
    default:
      return { ...size, x: middle.x, y: box.y + box.height + LABEL_GAP };
  }
}

/** The area of a part without its label; of a pipe an empty one, as its route depends on its ends. */
export function boxOfPart(list: List, part: Part): Box {
  if (list === "placements") return boxOf(part as Placement);
  if (list === "tags") return boxOfTag(part as ValueTag);
  if (list === "texts") return boxOfText(part as DrawnText);
  const [x, y] = (part as Pipe).via?.[0] ?? [0, 0];
  return { x, y, width: 0, height: 0 };
}

export const overlaps = (a: Box, b: Box, margin = 0): boolean =>
  a.x < b.x + b.width + margin &&
  b.x < a.x + a.width + margin &&
  a.y < b.y + b.height + margin &&
  b.y < a.y + a.height + margin;

/** Whether a line along an axis leads through the box. */
export const cuts = (a: Point, b: Point, box: Box): boolean =>
  Math.max(a.x, b.x) > box.x &&
  Math.min(a.x, b.x) < box.x + box.width &&
  Math.max(a.y, b.y) > box.y &&
  Math.min(a.y, b.y) < box.y + box.height;

export const centreOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export function unionOf(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Everything that a drawing covers, with labels and the corners of pipes. */
export function contentBox(drawing: Drawing): Box | undefined {
  const boxes: Box[] = [];
  for (const placement of drawing.placements ?? []) {
    boxes.push(boxOf(placement));
    const label = labelBoxOf(placement);
    if (label) boxes.push(label);
  }
  for (const tag of drawing.tags ?? []) {
    boxes.push(boxOfTag(tag));
    const label = boxOfTagLabel(tag);
    if (label) boxes.push(label);
  }
  for (const text of drawing.texts ?? []) boxes.push(boxOfText(text));
  for (const pipe of drawing.pipes ?? []) {
    for (const [x, y] of pipe.via ?? []) boxes.push({ x, y, width: 0, height: 0 });
  }
  return unionOf(boxes);
}
