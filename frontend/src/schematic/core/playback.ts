import type { Column, PlaybackData, PlaybackResult, VersionInfo } from "./types";

const MAGIC = 0x31505450; // "PTP1" as a little-endian number

type Head = Omit<PlaybackResult, "t" | "columns"> & {
  frames: number;
  sensors: string[];
  texts: Record<string, string[]>;
};

/** Parses a binary playback (format: platform/twin/binary.py); its columns are views of the bytes, without copies. */
export function decodePlayback(bytes: ArrayBuffer): PlaybackData {
  const view = new DataView(bytes);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("These bytes are no playback.");
  const length = view.getUint32(4, true);
  const text = new TextDecoder().decode(new Uint8Array(bytes, 8, length));
  const { frames, sensors, texts, ...about } = JSON.parse(text) as Head;
  const t = new Float64Array(bytes, 8 + length, frames);
  const first = 8 + length + t.byteLength;
  const columns = new Map<string, Column>();
  sensors.forEach((sensor, index) => {
    const v = new Float32Array(bytes, first + index * frames * 4, frames);
    columns.set(sensor, { v, texts: texts[sensor] });
  });
  return { ...about, t, columns };
}

/** The value in a frame; null if it is unknown. */
export function valueIn({ v, texts }: Column, frame: number): number | string | null {
  const value = v[frame];
  if (value === undefined || Number.isNaN(value)) return null;
  return texts ? (texts[value] ?? null) : value;
}

/** The frame at or before `at`: an index into `t`, or -1 before the first. */
export function frameAt(t: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Moments at which one of these sensors (states of machines and valves) changes, even if it changed back before a
 * frame could show it, and at which versions start; ascending.
 */
export function eventsOf(
  run: Pick<PlaybackData, "t" | "columns" | "changed"> | undefined,
  versions: readonly VersionInfo[],
  sensors: Iterable<string>,
): number[] {
  const found = new Set(versions.map((version) => version.valid_from));
  for (const sensor of run ? sensors : []) {
    const v = run!.columns.get(sensor)?.v ?? [];
    for (let i = 1; i < v.length; i += 1) {
      const [before, now] = [v[i - 1]!, v[i]!];
      if (before !== now && !Number.isNaN(before) && !Number.isNaN(now)) found.add(run!.t[i]!);
    }
    for (const [from, to] of run!.changed[sensor] ?? []) for (let i = from; i < to; i += 1) found.add(run!.t[i]!);
  }
  return [...found].sort((a, b) => a - b);
}

/** The frame after or before a moment. */
export function frameBeside(t: ArrayLike<number>, at: number, way: 1 | -1): number | undefined {
  const frame = frameAt(t, at);
  const beside = way > 0 ? frame + 1 : t[frame] === at ? frame - 1 : frame;
  return t[beside];
}

export function nextEvent(events: readonly number[], at: number, way: 1 | -1): number | undefined {
  return way > 0 ? events.find((event) => event > at) : events.findLast((event) => event < at);
}
