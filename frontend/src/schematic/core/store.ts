import { flowsOf } from "./flow";
import type { Flow } from "./flow";
import type { Scene } from "./scene";
import { stateOf } from "./state";
import type { SensorOf, State } from "./state";
import type { Entry } from "./types";

type Listener = () => void;

/** What the values are of: the present, the moment, or another one than that shown, until its own have arrived. */
export type ValuesOf = "live" | "past" | "other";
/** Whoever listens to this key is told when that changes. */
export const OF = "$of";

/**
 * More values than this are told of in parts, one in each frame, so that no frame has to lay out hundreds; in smaller
 * parts while new values arrive before the last have been told: nobody reads one that changes ten times a second.
 */
const AT_ONCE = 40;
const IN_A_ROW = 30;

/**
 * The values on a drawing, outside React: each tag, symbol and pipe subscribes only to what it shows, so that scrubbing
 * changes only those texts.
 */
export class ValueStore {
  /** The moment the values are for. */
  at = 0;
  of: ValuesOf = "live";
  private entries = new Map<string, Entry>();
  private states = new Map<string, State>();
  private flows = new Map<string, Flow>();
  private listeners = new Map<string, Set<Listener>>();
  private scene: Scene | undefined;
  private sensorOf: SensorOf = () => undefined;
  /** Changed sensors of which nobody has been told yet; who is told reads what is known by then. */
  private readonly waiting = new Set<string>();
  private part = AT_ONCE;

  show(scene: Scene, sensorOf: SensorOf): void {
    this.scene = scene;
    this.sensorOf = sensorOf;
    this.derive();
  }

  /** Stores the values known at a moment. Unchanged entries notify nobody; many are told of within a few frames. */
  set(at: number, entries: Iterable<[string, Entry]>, of: ValuesOf = "past"): void {
    this.at = at;
    this.become(of);
    const changed: string[] = [];
    for (const [sensor, entry] of entries) {
      const old = this.entries.get(sensor);
      this.entries.set(sensor, entry);
      if (!old || !same(old, entry)) changed.push(sensor);
    }
    if (changed.length > 0) this.derive();
    const telling = this.waiting.size > 0;
    this.wait(changed);
    this.part = telling ? IN_A_ROW : AT_ONCE;
    if (!telling) this.tellSome();
    this.tell("*");
  }

  /** The values are of this moment, too. */
  move(at: number): void {
    this.at = at;
  }

  /** The moment is another one now, and its values are not known yet. */
  outdate(): void {
    this.become("other");
  }

  /** Clears every value, for another drawing or site, and for the present until its values are known. */
  clear(): void {
    this.at = 0;
    this.become("live");
    const known = [...this.entries.keys()];
    this.entries.clear();
    this.waiting.clear();
    this.derive();
    for (const sensor of known) this.tell(sensor);
    this.tell("*");
  }

  entry = (sensor: string): Entry | undefined => this.entries.get(sensor);
  state = (placement: string): State => this.states.get(placement) ?? "none";
  flow = (pipe: string): Flow => this.flows.get(pipe) ?? "unknown";

  /** `key`: a sensor's, placement's or pipe's id; "*" for every change. */
  subscribe(key: string, listener: Listener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => set.delete(listener);
  }

  private become(of: ValuesOf): void {
    if (of === this.of) return;
    this.of = of;
    this.tell(OF);
  }

  private derive(): void {
    if (!this.scene) return;
    const states = new Map<string, State>();
    const changed: string[] = [];
    for (const placement of this.scene.placements.values()) {
      const state = stateOf(placement, this.entry, this.sensorOf);
      states.set(placement.id, state);
      if (state !== this.states.get(placement.id)) changed.push(placement.id);
    }
    const first = this.states.size !== states.size || this.flows.size === 0;
    this.states = states;
    if (changed.length === 0 && !first) return;
    const flows = flowsOf(this.scene.drawing, (id) => states.get(id) ?? "none");
    for (const [pipe, flow] of flows) if (flow !== this.flows.get(pipe)) changed.push(pipe);
    this.flows = flows;
    for (const key of changed) this.tell(key);
  }

  /**
   * After what is waiting already, so that each has its turn; in the order of the listeners, which is that of the
   * drawing: what is told of in one frame is close together.
   */
  private wait(changed: readonly string[]): void {
    const all = new Set(changed);
    for (const key of this.listeners.keys()) if (all.has(key)) this.waiting.add(key);
  }

  private tellSome = (): void => {
    const some = [...this.waiting].slice(0, this.part);
    for (const sensor of some) this.waiting.delete(sensor);
    if (this.waiting.size > 0) requestAnimationFrame(this.tellSome);
    for (const sensor of some) this.tell(sensor);
  };

  private tell(key: string): void {
    for (const listener of this.listeners.get(key) ?? []) listener();
  }
}

const same = (a: Entry, b: Entry) =>
  a.v === b.v && a.stale === b.stale && a.reason === b.reason && a.q === b.q && a.t === b.t && a.changed === b.changed;
