import { symbolOf } from "../library";
import type { Drawing, Placement, Point } from "../types";
import { boxOfPart, centreOf, unionOf } from "./boxes";
import type { Builder } from "./builder";
import { build, partsOf } from "./builder";
import type { Change, List, Part } from "./change";
import { covered, followed, placementsOf, routed } from "./routing";
import type { Selection } from "./selection";

/** Parts that have a place of their own, and the values that describe chosen symbols. */
export function movable(drawing: Drawing, ids: Selection): { list: Exclude<List, "pipes">; part: Part & Point }[] {
  return partsOf(drawing).flatMap(({ list, part }) => {
    if (list === "pipes") return [];
    const along = list === "tags" && "of" in part && part.of != null && ids.has(part.of);
    return ids.has(part.id) || along ? [{ list, part: part as Part & Point }] : [];
  });
}

/** Moves parts; pipes follow their symbols. */
export function move(drawing: Drawing, ids: Selection, by: Point): Change {
  if (by.x === 0 && by.y === 0) return [];
  return build(drawing, (builder) => {
    for (const { list, part } of movable(drawing, ids)) {
      builder.put(list, { ...part, x: part.x + by.x, y: part.y + by.y } as never);
    }
    followPipes(builder, drawing);
  });
}

/** Routes the pipes of symbols that a command moved or changed, and those that symbols now lie on. */
export function followPipes(builder: Builder, drawing: Drawing): void {
  const [before, after] = [placementsOf(drawing), placementsOf(builder.drawing)];
  const moved = new Set([...after.values()].filter((each) => before.get(each.id) !== each).map(({ id }) => id));
  for (const pipe of [...(builder.drawing.pipes ?? [])]) {
    const attached = moved.has(pipe.source.placement) || moved.has(pipe.target.placement);
    if (attached) builder.put("pipes", followed(pipe, before, after));
    else if (covered(pipe, after, moved)) builder.put("pipes", routed(pipe, after));
  }
}

export function rotate(drawing: Drawing, ids: Selection, quarters = 1): Change {
  return changePlacements(drawing, ids, (placement) => ({
    rotate: ((((placement.rotate ?? 0) + quarters * 90 + 360) % 360) as Placement["rotate"]) || undefined,
  }));
}

export function flip(drawing: Drawing, ids: Selection): Change {
  return changePlacements(drawing, ids, (placement) => ({ flip: placement.flip ? undefined : true }));
}

const MIN_SIZE = 10;

/** A new size and place; only symbols that may have another size. */
export function resize(
  drawing: Drawing,
  id: string,
  box: { x: number; y: number; width: number; height: number },
): Change {
  return changePlacements(drawing, new Set([id]), (placement) => {
    if (!symbolOf(placement.symbol)?.resizable) return {};
    return { x: box.x, y: box.y, width: Math.max(MIN_SIZE, box.width), height: Math.max(MIN_SIZE, box.height) };
  });
}

export function changePlacements(
  drawing: Drawing,
  ids: Selection,
  changed: (placement: Placement) => Partial<Placement>,
): Change {
  return build(drawing, (builder) => {
    for (const placement of drawing.placements ?? []) {
      if (ids.has(placement.id)) builder.patch("placements", placement.id, changed(placement));
    }
    followPipes(builder, drawing);
  });
}

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom";

interface Unit {
  ids: string[];
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Groups are moved as one; a value beside its chosen symbol goes with it. */
function unitsOf(drawing: Drawing, ids: Selection): Unit[] {
  const units = new Map<string, { list: List; part: Part }[]>();
  for (const { list, part } of partsOf(drawing)) {
    if (list === "pipes" || !ids.has(part.id)) continue;
    if (list === "tags" && "of" in part && part.of != null && ids.has(part.of)) continue;
    const key = part.group ? `group ${part.group}` : part.id;
    units.set(key, [...(units.get(key) ?? []), { list, part }]);
  }
  return [...units.values()].map((parts) => ({
    ids: parts.map(({ part }) => part.id),
    ...unionOf(parts.map(({ list, part }) => boxOfPart(list, part)))!,
  }));
}

export function align(drawing: Drawing, ids: Selection, to: Alignment): Change {
  const units = unitsOf(drawing, ids);
  const whole = unionOf(units);
  if (!whole || units.length < 2) return [];
  const centre = centreOf(whole);
  const shifts = units.map((unit) => {
    const own = centreOf(unit);
    if (to === "left") return { x: whole.x - unit.x, y: 0 };
    if (to === "right") return { x: whole.x + whole.width - unit.x - unit.width, y: 0 };
    if (to === "centre") return { x: centre.x - own.x, y: 0 };
    if (to === "top") return { x: 0, y: whole.y - unit.y };
    if (to === "bottom") return { x: 0, y: whole.y + whole.height - unit.y - unit.height };
    return { x: 0, y: centre.y - own.y };
  });
  return moveUnits(drawing, units, shifts);
}

/** Equal gaps between three or more; the first and the last stay. */
export function distribute(drawing: Drawing, ids: Selection, along: "x" | "y"): Change {
  const size = along === "x" ? "width" : "height";
  const units = unitsOf(drawing, ids).sort((a, b) => a[along] - b[along]);
  if (units.length < 3) return [];
  const [first, last] = [units[0]!, units.at(-1)!];
  const between = units.slice(1, -1).reduce((sum, unit) => sum + unit[size], 0);
  const gap = (last[along] - first[along] - first[size] - between) / (units.length - 1);
  let at = first[along];
  const shifts = units.map((unit, index) => {
    const by = index === units.length - 1 ? 0 : at - unit[along];
    at += unit[size] + gap;
    return along === "x" ? { x: by, y: 0 } : { x: 0, y: by };
  });
  return moveUnits(drawing, units, shifts);
}

function moveUnits(drawing: Drawing, units: readonly Unit[], shifts: readonly Point[]): Change {
  return build(drawing, (builder) => {
    units.forEach((unit, index) => {
      const { x, y } = shifts[index]!;
      if (x === 0 && y === 0) return;
      for (const { list, part } of movable(drawing, new Set(unit.ids))) {
        builder.put(list, { ...part, x: part.x + x, y: part.y + y } as never);
      }
    });
    followPipes(builder, drawing);
  });
}
