import type { SymbolInfo } from "../core/library";
import type { Point } from "../core/types";

export type Ports = SymbolInfo["ports"];
type Size = Pick<SymbolInfo, "width" | "height">;

/** How near to an edge a port snaps onto it, as a share of the shorter side. */
const SNAP = 0.15;
const SIDES = ["left", "right", "top", "bottom"] as const;

/** The place of a port dropped at a point: on the nearest edge if that is near, and on whole units along it. */
export function snapPort({ x, y }: Point, { width, height }: Size): Point & { side: (typeof SIDES)[number] } {
  const inside = { x: within(Math.round(x), width), y: within(Math.round(y), height) };
  const away = { left: inside.x, right: width - inside.x, top: inside.y, bottom: height - inside.y };
  const side = SIDES.reduce((nearest, each) => (away[each] < away[nearest] ? each : nearest));
  if (away[side] > SNAP * Math.min(width, height)) return { ...inside, side };
  const edge = { left: { x: 0 }, right: { x: width }, top: { y: 0 }, bottom: { y: height } }[side];
  return { ...inside, ...edge, side };
}

/** With one more port; the first one is the inlet, the second one the outlet. */
export function withPort(ports: Ports, at: Point, size: Size): Ports {
  const name = "in" in ports ? ("out" in ports ? freeName(ports) : "out") : "in";
  const way = name === "in" || name === "out" ? name : "any";
  return { ...ports, [name]: { ...snapPort(at, size), kind: "fluid", way } };
}

export function renamed(ports: Ports, from: string, to: string): Ports {
  if (to in ports || !/^[a-z][a-z0-9_]{0,39}$/.test(to)) return ports;
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name === from ? to : name, port]));
}

export const without = (ports: Ports, gone: string): Ports =>
  Object.fromEntries(Object.entries(ports).filter(([name]) => name !== gone));

function freeName(ports: Ports): string {
  let number = 1;
  while (`port${number}` in ports) number++;
  return `port${number}`;
}

const within = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
