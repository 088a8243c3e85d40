import { frameAt, valueIn } from "./playback";
import type { Entry, PlaybackData } from "./types";
import type { TimeWindow } from "./window";

const MAX_STRETCHES = 6;
/** How long complete data is reused: only late samples and corrections change it. */
const TTL_MS = 120_000;

export const FRAMES = 600;
export const KEYFRAMES = 40;

type Read = (range: TimeWindow, frames: number) => Promise<PlaybackData>;

interface Stretch {
  key: string;
  data: PlaybackData;
  loadedAt: number;
}

/**
 * The playback data of one schematic, and the only place that holds it: several ranges at different
 * resolutions, of which the finest that covers a moment is used.
 */
export class PlaybackCache {
  private stretches: Stretch[] = [];
  private readonly loading = new Map<string, Promise<PlaybackData>>();
  private readonly listeners = new Set<() => void>();
  private readonly read: Read;

  constructor(read: Read) {
    this.read = read;
  }

  /** Reads a range unless it is cached, complete and recent; concurrent requests for a range are merged. */
  async load(range: TimeWindow, now = Date.now()): Promise<PlaybackData> {
    return this.loadFrames(range, FRAMES, now);
  }

  /** Reads a few frames of a range, unless most of it is known: a coarse picture until all of it has been read. */
  async loadKeyframes(range: TimeWindow, now = Date.now()): Promise<void> {
    if (!this.over(range)) await this.loadFrames(range, KEYFRAMES, now);
  }

  private async loadFrames(range: TimeWindow, frames: number, now: number): Promise<PlaybackData> {
    const key = `${range.start}-${range.end}/${frames}`;
    const known = this.stretches.find((each) => each.key === key);
    if (known?.data.complete && now - known.loadedAt < TTL_MS) return known.data;
    const running = this.loading.get(key);
    if (running) return running;
    const reading = this.read(range, frames).finally(() => this.loading.delete(key));
    this.loading.set(key, reading);
    const data = await reading;
    this.add(key, data, now);
    return data;
  }

  /** Called whenever new data has arrived. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The finest data that covers a moment. */
  covering(at: number): PlaybackData | undefined {
    let best: PlaybackData | undefined;
    for (const { data } of this.stretches) {
      if (at < data.t[0]! || at > data.t.at(-1)!) continue;
      if (!best || stepOf(data) < stepOf(best)) best = data;
    }
    return best;
  }

  /** The finest data of at least half of a range. */
  over(range: TimeWindow): PlaybackData | undefined {
    const enough = (range.end - range.start) / 2;
    const some = this.stretches.filter(
      ({ data }) => Math.min(data.t.at(-1)!, range.end) - Math.max(data.t[0]!, range.start) >= enough,
    );
    return some.map(({ data }) => data).sort((a, b) => stepOf(a) - stepOf(b))[0];
  }

  private add(key: string, data: PlaybackData, loadedAt: number): void {
    if (data.t.length < 2) return;
    // Finer data of the same range replaces its keyframes.
    const others = this.stretches.filter(
      (each) => each.key !== key && (each.data.start !== data.start || each.data.end !== data.end),
    );
    this.stretches = [{ key, data, loadedAt }, ...others].slice(0, MAX_STRETCHES);
    for (const listener of this.listeners) listener();
  }
}

const stepOf = (data: PlaybackData) => data.t[1]! - data.t[0]!;

/** Every value at a moment; the samples' own times are unknown here, so `t` is null. */
export function valuesAt(data: PlaybackData, at: number): [string, Entry][] {
  const frame = frameAt(data.t, at);
  if (frame < 0) return [];
  const within = (ranges: [number, number][] | undefined) =>
    ranges !== undefined && ranges.some(([from, to]) => frame >= from && frame < to);
  return [...data.columns].map(([sensor, column]) => {
    const v = valueIn(column, frame);
    const bad = within(data.bad[sensor]);
    const stale = within(data.stale[sensor]);
    const changed = within(data.changed[sensor]);
    const reason = v === null ? "no data" : bad ? "bad quality" : stale ? "too old" : null;
    return [sensor, { v, t: null, stale, q: bad ? 2 : 0, reason, ...(changed && { changed }) }];
  });
}
