import { library, symbolOf } from "./library";
import type { State } from "./state";
import type { Drawing, Pipe, Placement } from "./types";

/** Whether a pipe has flow; "unknown" if a pump or valve that decides it has no value. */
export type Flow = "flowing" | "still" | "unknown";

const WORLD = "*";

/**
 * Which pipes have flow. In a closed circuit a pipe has flow if and only if it is on a cycle through machines that
 * run and valves that are not closed; paths that start or end outside the drawing are closed through an external node.
 */
export function flowsOf(drawing: Drawing, stateOf: (placement: string) => State): Map<string, Flow> {
  const pipes = (drawing.pipes ?? []).filter((pipe) => library.media[pipe.medium].kind !== "signal");
  const placements = new Map((drawing.placements ?? []).map((placement) => [placement.id, placement]));
  const into = portsOf(pipes.map(({ target }) => target));
  const outOf = portsOf(pipes.map(({ source }) => source));
  const surely = onCycle(pipes, placements, (passageBlocked, state) => state === "unknown" || passageBlocked);
  const perhaps = onCycle(pipes, placements, (passageBlocked) => passageBlocked);
  const flows = new Map<string, Flow>();
  for (const pipe of pipes) {
    flows.set(pipe.id, surely.has(pipe.id) ? "flowing" : perhaps.has(pipe.id) ? "unknown" : "still");
  }
  return flows;

  function onCycle(
    pipes: Pipe[],
    placements: ReadonlyMap<string, Placement>,
    blocked: (passageBlocked: boolean, state: State) => boolean,
  ): Set<string> {
    const edges = new Map<string, string[]>();
    const add = (from: string, to: string) => {
      const list = edges.get(from);
      if (list) list.push(to);
      else edges.set(from, [to]);
    };
    for (const pipe of pipes) add(nodeOf(pipe.source, placements), nodeOf(pipe.target, placements));
    for (const placement of placements.values()) {
      passages(placement, into.get(placement.id) ?? NONE, outOf.get(placement.id) ?? NONE, (from, to, isBlocked) => {
        const state = stateOf(placement.id);
        // A passage that no state can block is open even if its state is unknown.
        if (!blocked(isBlocked.includes(state), isBlocked.length > 0 ? state : "none")) add(from, to);
      });
    }
    const part = components(edges);
    const flowing = pipes.filter(
      (pipe) => part.get(nodeOf(pipe.source, placements)) === part.get(nodeOf(pipe.target, placements)),
    );
    return new Set(flowing.map((pipe) => pipe.id));
  }
}

/** Symbols without passages are one node; others have a node per port. */
function nodeOf(end: Pipe["source"], placements: ReadonlyMap<string, Placement>): string {
  const symbol = symbolOf(placements.get(end.placement)?.symbol ?? "");
  return symbol && symbol.passages.length === 0 ? end.placement : `${end.placement}/${end.port}`;
}

const NONE: ReadonlySet<string> = new Set();

/** The ports at which these ends are, by placement. */
function portsOf(ends: Pipe["source"][]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { placement, port } of ends) found.set(placement, (found.get(placement) ?? new Set()).add(port));
  return found;
}

function passages(
  placement: Placement,
  into: ReadonlySet<string>,
  outOf: ReadonlySet<string>,
  visit: (from: string, to: string, blocked: string[]) => void,
): void {
  const symbol = symbolOf(placement.symbol);
  if (!symbol || symbol.passages.length === 0) return;
  const node = (port: string) => `${placement.id}/${port}`;
  for (const { from, to, blocked } of symbol.passages) {
    if (into.has(from) && outOf.has(to)) visit(node(from), node(to), blocked);
  }
  for (const port of outOf) {
    const ways = symbol.passages.filter((passage) => passage.to === port);
    const fed = ways.some((passage) => into.has(passage.from));
    if (!fed) visit(WORLD, node(port), ways[0]?.blocked ?? []);
  }
  for (const port of into) {
    const ways = symbol.passages.filter((passage) => passage.from === port);
    const goesOn = ways.some((passage) => outOf.has(passage.to));
    if (!goesOn) visit(node(port), WORLD, ways[0]?.blocked ?? []);
  }
}

/** Tarjan's strongly connected components, iteratively: for each node the number of its component. */
function components(edges: ReadonlyMap<string, string[]>): Map<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const open: string[] = [];
  let count = 0;
  for (const root of edges.keys()) {
    if (index.has(root)) continue;
    const work: { node: string; next: number }[] = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const top = work[work.length - 1]!;
      const { node } = top;
      if (top.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node)!);
        open.push(node);
      }
      const target = edges.get(node)?.[top.next];
      top.next += 1;
      if (target !== undefined) {
        if (!index.has(target)) work.push({ node: target, next: 0 });
        else if (!component.has(target)) low.set(node, Math.min(low.get(node)!, index.get(target)!));
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      count += 1;
      for (let other = ""; other !== node;) {
        other = open.pop()!;
        component.set(other, count);
      }
    }
  }
  return component;
}
