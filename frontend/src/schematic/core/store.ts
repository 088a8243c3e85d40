import { flowsOf } from "./flow";
import type { Flow } from "./flow";
import type { Scene } from "./scene";
import { stateOf } from "./state";
import type { SensorOf, State } from "./state";
import type { Entry } from "./types";

type Listener = () => void;
/** Whether what the listener shows is on screen. */
type Seen = () => boolean;

/** What the values are of: the present, the moment, or another one than that shown, until its own have arrived. */
export type ValuesOf = "live" | "past" | "other";
/** Whoever listens to this key is told when that changes. */
export const OF = "$of";

/** Of listeners that are not on screen this many are told in one frame: laying out hundreds takes longer than a frame. */
const UNSEEN_PER_FRAME = 20;

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
  private listeners = new Map<string, Map<Listener, Seen>>();
  private scene: Scene | undefined;
  private sensorOf: SensorOf = () => undefined;
  /** Not on screen, and not told yet of the newest value. */
  private readonly waiting = new Map<Listener, Seen>();
  private telling = false;

  show(scene: Scene, sensorOf: SensorOf): void {
    this.scene = scene;
    this.sensorOf = sensorOf;
    this.derive();
  }

  /**
   * Stores the values known at a moment. Unchanged entries notify nobody. Everything on screen is told at once, so that it
   * is of one moment; what is not, within the next frames.
   */
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
    for (const sensor of changed) this.tellSeen(sensor);
    this.tellOthersLater();
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
  subscribe(key: string, listener: Listener, seen: Seen = ALWAYS): () => void {
    const known = this.listeners.get(key) ?? new Map<Listener, Seen>();
    this.listeners.set(key, known.set(listener, seen));
    return () => {
      known.delete(listener);
      this.waiting.delete(listener);
    };
  }

  /** Something else is on screen now. */
  seen(): void {
    for (const [listener, seen] of this.waiting) if (seen()) this.tellWaiting(listener);
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

  private tellSeen(sensor: string): void {
    for (const [listener, seen] of this.listeners.get(sensor) ?? []) {
      if (seen()) this.tellWaiting(listener);
      else this.waiting.set(listener, seen);
    }
  }

  private tellOthersLater(): void {
    if (this.telling || this.waiting.size === 0) return;
    this.telling = true;
    requestAnimationFrame(() => {
      this.telling = false;
      for (const listener of [...this.waiting.keys()].slice(0, UNSEEN_PER_FRAME)) this.tellWaiting(listener);
      this.tellOthersLater();
    });
  }

  private tellWaiting(listener: Listener): void {
    this.waiting.delete(listener);
    listener();
  }

  private tell(key: string): void {
    for (const listener of this.listeners.get(key)?.keys() ?? []) listener();
  }
}

const ALWAYS: Seen = () => true;

const same = (a: Entry, b: Entry) =>
  a.v === b.v && a.stale === b.stale && a.reason === b.reason && a.q === b.q && a.t === b.t && a.changed === b.changed;
