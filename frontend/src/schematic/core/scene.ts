import { arrowOf } from "./arrows";
import type { Arrow } from "./arrows";
import { pathOf, piecesOf } from "./crossings";
import { boxOf } from "./geometry";
import type { Box } from "./geometry";
import { hasLabelInside, library } from "./library";
import type { Kind } from "./library";
import { routePipe } from "./route";
import type { Drawing, Medium, Pipe, Placement } from "./types";

/** A drawing prepared once, before anything is shown: routes, gaps, arrows, look-ups. */
export interface Scene {
  drawing: Drawing;
  placements: Map<string, Placement>;
  pipes: DrawnPipe[];
  /** The medium of a junction or header, for its colour, and the pipes that end there. */
  joints: Map<string, { medium: Medium; pipes: string[] }>;
}

export interface DrawnPipe {
  pipe: Pipe;
  kind: Kind;
  path: string;
  arrow: Arrow | undefined;
}

export function sceneOf(drawing: Drawing): Scene {
  const placements = new Map((drawing.placements ?? []).map((placement) => [placement.id, placement]));
  const routed = (drawing.pipes ?? []).flatMap((pipe) => {
    const line = routePipe(pipe, placements);
    return line && line.length > 1 ? [{ pipe, line }] : [];
  });
  const pieces = piecesOf(routed.map(({ line }) => line));
  const pipes = routed.map(({ pipe }, index) => ({
    pipe,
    kind: library.media[pipe.medium].kind,
    path: pieces[index]!.map(pathOf).join(""),
    arrow: pipe.arrow ? arrowOf(pieces[index]!) : undefined,
  }));
  const joints: Scene["joints"] = new Map();
  for (const { pipe } of pipes) {
    for (const { placement } of [pipe.source, pipe.target]) {
      const joint = joints.get(placement);
      if (joint) joint.pipes.push(pipe.id);
      else joints.set(placement, { medium: pipe.medium, pipes: [pipe.id] });
    }
  }
  return { drawing, placements, pipes, joints };
}

/** The approximate size of a value and its label, slightly enlarged as at a low zoom. */
const TAG = { width: 68, height: 26, label: 18, letter: 7.4 };
const LABEL_HEIGHT = 20;

/** The parts of an asset on the drawing: its symbols with their labels and the values that describe them. */
export function areaOf(scene: Scene, asset: string): Box | undefined {
  const boxes: Box[] = [];
  const own = new Set<string>();
  for (const placement of scene.placements.values()) {
    if (placement.asset !== asset) continue;
    own.add(placement.id);
    const box = boxOf(placement);
    boxes.push(box);
    if (!placement.label || hasLabelInside(placement.symbol)) continue;
    if (placement.label_at === "top") boxes.push({ ...box, y: box.y - LABEL_HEIGHT, height: LABEL_HEIGHT });
    if ((placement.label_at ?? "bottom") === "bottom")
      boxes.push({ ...box, y: box.y + box.height, height: LABEL_HEIGHT });
  }
  for (const tag of scene.drawing.tags ?? []) {
    if (!tag.of || !own.has(tag.of)) continue;
    const width = Math.max(TAG.width, (tag.label?.length ?? 0) * TAG.letter);
    const left = tag.anchor === "right" ? width : tag.anchor === "centre" ? width / 2 : 0;
    const above = tag.label ? TAG.label : 0;
    boxes.push({ x: tag.x - left, y: tag.y - above, width, height: TAG.height + above });
  }
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x)) - 8;
  const y = Math.min(...boxes.map((box) => box.y)) - 8;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + 8;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 8;
  return { x, y, width: right - x, height: bottom - y };
}
