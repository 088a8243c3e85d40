import type { AsOf } from "../api/types";
import { StreamConnection } from "./connection";
import type { StreamState, Subscription } from "./connection";
import type { StreamEvent } from "./sse";

export type Topic = "alarms" | "jobs" | "devices" | "events" | "sources" | "schematics" | "workspace" | "tenants";

/** What a component shows. `site`: all its sensors. */
export interface Want {
  tenant: string | null;
  sensors?: readonly string[];
  site?: string;
  topics?: readonly Topic[];
  /** The id of a source, to see what arrives from it. */
  watch?: string;
}

/** A few of what arrived from a source at once; `of`: how many there were. */
export interface Arrivals {
  topic: string;
  at: number;
  of: number;
  sender: string;
  arrivals: { text: string; reason: string }[];
}

export interface LiveValue {
  /** The server's clock when it sent the value. */
  at: number;
  value: AsOf;
}

export interface Change {
  topic: Topic;
  kind?: string;
  id?: string;
  tenant?: string;
  /** Of events: how many were stored, from when to when, and the last of them. */
  of?: number;
  from?: number;
  to?: number;
  events?: { id: string; ts: number; type: string; device: string }[];
  schematic?: string;
  what?: string;
}

interface StreamedValues {
  at: number;
  catalog: string;
  values: { sensor: string; t: number; v: number | string; q?: number; stale?: boolean; reason?: string }[];
}

export interface Handlers {
  values?: (changed: ReadonlySet<string>, catalog: string) => void;
  change?: (change: Change) => void;
  arrivals?: (arrived: Arrivals) => void;
  /** Something is known to the server's database only: what is shown has to be read once. */
  reload?: () => void;
  state?: (state: StreamState) => void;
  alive?: () => void;
}

const OPEN_DELAY_MS = 50;
const CLOSE_DELAY_MS = 5000;
const CATALOG_PAUSE_MS = 5000;

/**
 * The tab's one stream, shared by everything on the page: it asks for all that is wanted, and keeps the newest value of
 * each sensor. A value that is wanted no more stays in the stream until it is opened the next time.
 */
export class LiveStream {
  private readonly wants = new Set<Want>();
  private readonly handlers = new Set<Handlers>();
  private readonly values = new Map<string, LiveValue>();
  private readonly connection = new StreamConnection(
    (event) => this.handle(event),
    (state) => this.tell("state", state),
  );
  private open: Subscription | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ahead = 0;
  private renewing = false;

  get state(): StreamState {
    return this.connection.state;
  }

  /** The server's clock, as of the last values. */
  now(): number {
    return Date.now() + this.ahead;
  }

  value = (sensor: string): LiveValue | undefined => this.values.get(sensor);

  /** Until the returned function is called. */
  want(want: Want): () => void {
    this.wants.add(want);
    this.plan(OPEN_DELAY_MS);
    return () => {
      this.wants.delete(want);
      this.plan(CLOSE_DELAY_MS);
    };
  }

  listen(handlers: Handlers): () => void {
    this.handlers.add(handlers);
    return () => this.handlers.delete(handlers);
  }

  private plan(ms: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), ms);
  }

  private settle() {
    this.timer = undefined;
    const wanted = subscriptionOf(this.wants);
    if (!wanted) {
      this.connection.close();
      this.open = undefined;
      this.values.clear();
    } else if (!this.open || this.renewing || !covers(this.open, wanted)) {
      if (this.open?.tenant !== wanted.tenant) this.values.clear();
      this.renewing = false;
      this.open = wanted;
      this.connection.open(wanted);
    }
  }

  private handle(event: StreamEvent) {
    if (event.name === ":") this.tell("alive");
    else if (event.name === "values") this.take(JSON.parse(event.data) as StreamedValues);
    else if (event.name === "change") this.tell("change", JSON.parse(event.data) as Change);
    else if (event.name === "arrivals") this.tell("arrivals", JSON.parse(event.data) as Arrivals);
    else if (event.name === "reload") this.tell("reload");
    else if (event.name === "catalog" && !this.renewing) {
      // Units may have changed: values in the new ones come by a new stream. A catalog changes more than once.
      this.renewing = true;
      this.plan(CATALOG_PAUSE_MS * (0.5 + Math.random()));
    }
  }

  private take({ at, catalog, values }: StreamedValues) {
    this.ahead = at - Date.now();
    const changed = new Set<string>();
    for (const { sensor, t, v, q = 0, stale = false, reason = null } of values) {
      const value: AsOf = { sensor, t, v, q: q as AsOf["q"], stale, reason, age: at - t };
      this.values.set(sensor, { at, value });
      changed.add(sensor);
    }
    this.tell("values", changed, catalog);
  }

  private tell<Name extends keyof Handlers>(name: Name, ...words: Parameters<NonNullable<Handlers[Name]>>) {
    for (const each of this.handlers) (each[name] as ((...all: unknown[]) => void) | undefined)?.(...words);
  }
}

/** One stream for all that is wanted of the tenant that was asked for last; undefined for nothing. */
export function subscriptionOf(wants: ReadonlySet<Want>): Subscription | undefined {
  const all = [...wants].filter(
    ({ sensors, site, topics, watch }) => sensors?.length || site || topics?.length || watch,
  );
  if (all.length === 0) return undefined;
  const tenant = all.at(-1)!.tenant;
  const mine = all.filter((each) => each.tenant === tenant);
  const sensors = [...new Set(mine.flatMap((each) => each.sensors ?? []))].sort();
  const topics = [...new Set(mine.flatMap((each) => each.topics ?? []))].sort();
  const site = mine.find((each) => each.site)?.site;
  const watch = mine.findLast((each) => each.watch)?.watch;
  return {
    tenant,
    query: {
      ...(sensors.length > 0 && { sensors: sensors.join(",") }),
      ...(site && { site }),
      ...(topics.length > 0 && { topics: topics.join(",") }),
      ...(watch && { watch }),
    },
  };
}

/** Whether the open stream has all that is wanted. */
export function covers(open: Subscription, wanted: Subscription): boolean {
  const has = (name: string) => {
    const known = new Set(open.query[name]?.split(","));
    return (wanted.query[name]?.split(",") ?? []).every((each) => known.has(each));
  };
  return open.tenant === wanted.tenant && has("sensors") && has("site") && has("topics") && has("watch");
}

export const liveStream = new LiveStream();
