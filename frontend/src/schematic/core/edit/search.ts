import type { Box } from "../geometry";
import type { Point } from "../types";
import { cuts } from "./boxes";

/** A corner costs as much as this much length, so that routes are calm rather than shortest. */
const BEND = 60;

interface Terminal extends Point {
  /** The direction away from the symbol; undefined if any will do. */
  out: Point | undefined;
}

/**
 * The cheapest way at right angles between two points past boxes, by A* over the lines along the boxes' edges.
 * Undefined if the boxes enclose an end.
 */
export function searchRoute(from: Terminal, to: Terminal, obstacles: readonly Box[], room: Box): Point[] | undefined {
  const xs = coordinates([from.x, to.x, (from.x + to.x) / 2], obstacles, room, "x", "width");
  const ys = coordinates([from.y, to.y, (from.y + to.y) / 2], obstacles, room, "y", "height");
  const start = xs.indexOf(from.x) + ys.indexOf(from.y) * xs.length;
  const goal = xs.indexOf(to.x) + ys.indexOf(to.y) * xs.length;
  const point = (node: number): Point => ({ x: xs[node % xs.length]!, y: ys[Math.floor(node / xs.length)]! });
  const blocked = (a: Point, b: Point) => obstacles.some((box) => cuts(a, b, box));

  // A state is a node and the direction in which it was entered: 0 horizontal, 1 vertical.
  const cost = new Map<number, number>();
  const cameFrom = new Map<number, number>();
  const open = new Heap();
  const left = (node: number) => {
    const { x, y } = point(node);
    return Math.abs(x - to.x) + Math.abs(y - to.y);
  };
  for (const way of [0, 1]) {
    if (from.out && (from.out.x === 0) !== (way === 1)) continue;
    cost.set(start * 2 + way, 0);
    open.push(start * 2 + way, left(start));
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [node, way] = [state >> 1, state & 1];
    if (node === goal && (!to.out || (to.out.x === 0) === (way === 1))) return trace(state);
    const here = point(node);
    for (const next of neighbours(node)) {
      const there = point(next);
      const turn = there.x === here.x ? 1 : 0;
      if (goesBack(node, here, there) || blocked(here, there)) continue;
      const price =
        cost.get(state)! + Math.abs(there.x - here.x) + Math.abs(there.y - here.y) + (turn === way ? 0 : BEND);
      const key = next * 2 + turn;
      if (price >= (cost.get(key) ?? Infinity)) continue;
      cost.set(key, price);
      cameFrom.set(key, state);
      open.push(key, price + left(next));
    }
    // Turning on the spot at the goal, to arrive in its direction.
    if (node === goal) {
      const key = node * 2 + (1 - way);
      const price = cost.get(state)! + BEND;
      if (price < (cost.get(key) ?? Infinity)) {
        cost.set(key, price);
        cameFrom.set(key, state);
        open.push(key, price);
      }
    }
  }
  return undefined;

  function neighbours(node: number): number[] {
    const [column, row] = [node % xs.length, Math.floor(node / xs.length)];
    const found: number[] = [];
    if (column > 0) found.push(node - 1);
    if (column < xs.length - 1) found.push(node + 1);
    if (row > 0) found.push(node - xs.length);
    if (row < ys.length - 1) found.push(node + xs.length);
    return found;
  }

  /** Back into the symbol that the route starts or ends at. */
  function goesBack(node: number, here: Point, there: Point): boolean {
    const back = (terminal: Terminal, a: Point, b: Point) =>
      terminal.out !== undefined && (b.x - a.x) * terminal.out.x + (b.y - a.y) * terminal.out.y < 0;
    if (node === start && back(from, here, there)) return true;
    return there.x === to.x && there.y === to.y && back(to, there, here);
  }

  function trace(state: number): Point[] {
    const points: Point[] = [];
    for (let at: number | undefined = state; at !== undefined; at = cameFrom.get(at)) points.push(point(at >> 1));
    return points.reverse();
  }
}

function coordinates(
  own: number[],
  boxes: readonly Box[],
  room: Box,
  axis: "x" | "y",
  size: "width" | "height",
): number[] {
  const edges = boxes.flatMap((box) => [box[axis], box[axis] + box[size]]);
  const inside = edges.filter((at) => at >= room[axis] && at <= room[axis] + room[size]);
  return [...new Set([...own, ...inside])].sort((a, b) => a - b);
}

/** Whether a straight run passes through the inside of a box. */
/** A binary heap of states by their estimate. */
class Heap {
  private readonly items: { state: number; at: number }[] = [];

  push(state: number, at: number): void {
    const { items } = this;
    let index = items.push({ state, at }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (items[parent]!.at <= items[index]!.at) break;
      [items[parent], items[index]] = [items[index]!, items[parent]!];
      index = parent;
    }
  }

  pop(): number | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last) return undefined;
    if (items.length > 0) {
      items[0] = last;
      this.sink();
    }
    return top.state;
  }

  private sink(): void {
    const { items } = this;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < items.length && items[left]!.at < items[least]!.at) least = left;
      if (right < items.length && items[right]!.at < items[least]!.at) least = right;
      if (least === index) return;
      [items[least], items[index]] = [items[index]!, items[least]!];
      index = least;
    }
  }
}
