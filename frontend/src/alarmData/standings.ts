import type { Standing } from "./occurrences";

const isSame = (a: Standing | undefined, b: Standing | undefined) =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.priority === b.priority &&
    a.unacknowledged === b.unacknowledged &&
    a.count === b.count &&
    a.name === b.name);

const NOTHING: ReadonlyMap<string, Standing> = new Map();

/** What stands at each asset and sensor at the moment shown; only those that change are told. */
export class Standings {
  private now: ReadonlyMap<string, Standing> = NOTHING;
  private readonly listeners = new Map<string, Set<() => void>>();

  at = (id: string): Standing | undefined => this.now.get(id);

  set(next: ReadonlyMap<string, Standing>): void {
    const before = this.now;
    const kept = new Map<string, Standing>();
    const changed: string[] = [];
    for (const [id, standing] of next) {
      const old = before.get(id);
      const same = isSame(old, standing);
      kept.set(id, same ? old! : standing);
      if (!same) changed.push(id);
    }
    for (const id of before.keys()) if (!next.has(id)) changed.push(id);
    this.now = kept;
    for (const id of changed) for (const listener of this.listeners.get(id) ?? []) listener();
  }

  subscribe(id: string, listener: () => void): () => void {
    const known = this.listeners.get(id) ?? new Set();
    known.add(listener);
    this.listeners.set(id, known);
    return () => known.delete(listener);
  }
}
