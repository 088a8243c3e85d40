import { useEffect, useState } from "react";
import { tenantOfPath } from "../api/client";
import { momentNow } from "../moment";
import { liveStream, useStreamedVersion, useWant } from "../stream";
import type { LiveValue } from "../stream";
import type { ValueStore } from "./core/store";
import type { Entry, FrameResult } from "./core/types";
import { useFrame } from "./data";

const MAX_STREAMED = 1000;

export const entriesOf = (frame: FrameResult): [string, Entry][] =>
  frame.values.map(({ sensor, v, t, stale, q, reason }) => [sensor, { v, t, stale, q: q ?? 0, reason }]);

/** A frame with what the stream has said since. */
export const liveEntriesOf = (frame: FrameResult): [string, Entry][] =>
  entriesOf(frame).map(([sensor, entry]) => {
    const newer = liveStream.value(sensor);
    return [sensor, newer && newer.at > frame.at ? entryOf(newer) : entry];
  });

const entryOf = ({ value: { v, t, stale, q, reason } }: LiveValue): Entry => ({ v, t, stale, q: q ?? 0, reason });

const AGE_MS = 1000;

/** While live: the stream's values as they arrive, and their ages. */
export function useLiveEntries(store: ValueStore, frame: FrameResult | undefined) {
  useEffect(() => {
    if (!frame?.live) return;
    const shown = new Set(frame.values.map(({ sensor }) => sensor));
    const take = (changed: ReadonlySet<string>) => {
      if (momentNow() !== null) return;
      const mine = [...changed].filter((sensor) => shown.has(sensor));
      store.set(
        liveStream.now(),
        mine.map((sensor): [string, Entry] => [sensor, entryOf(liveStream.value(sensor)!)]),
        "live",
      );
    };
    const end = liveStream.listen({ values: take });
    const timer = setInterval(() => liveStream.state === "live" && take(new Set()), AGE_MS);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [store, frame]);
}

/** A frame at a moment; with null it is read once, and what changes comes by the stream. */
export function useLiveFrame(schematic: string | undefined, at: number | null) {
  const tenant = tenantOfPath();
  const [sensors, setSensors] = useState<string[]>([]);
  const streamed = useWant(at === null && tenant !== undefined && sensors.length > 0 ? { tenant, sensors } : null);
  const frame = useFrame(schematic, at, streamed);
  const bound = frame.data?.values.map(({ sensor }) => sensor).join(",");
  useEffect(() => setSensors(bound ? bound.split(",").slice(0, MAX_STREAMED) : []), [bound]);
  return frame;
}

/** The same for what is drawn as a whole: again with each version. */
export function useStreamedFrame(schematic: string | undefined, at: number | null) {
  const frame = useLiveFrame(schematic, at).data;
  return { frame, version: useStreamedVersion(at === null) };
}
