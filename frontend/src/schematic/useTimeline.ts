import { useCallback, useMemo, useSyncExternalStore } from "react";
import { get } from "../api/client";
import type { Occurrence } from "../alarmData";
import type { Sensor, Values } from "../api/types";
import { useEventTimes } from "../events";
import { stateChanges } from "./core/changes";
import type { StateChange } from "./core/changes";
import { eventsOf, frameBeside, nextEvent } from "./core/playback";
import type { PlaybackCache } from "./core/playbackCache";
import type { PlaybackData, Schematic } from "./core/types";
import type { TimeWindow } from "./core/window";
import type { Stage } from "./view/context";

export type Way = 1 | -1;

/** What the time bar marks, and where its steps lead; undefined: nowhere in that direction. */
export interface Timeline {
  changes: readonly StateChange[];
  event: (at: number, way: Way) => number | undefined;
  frame: (at: number, way: Way) => number | undefined;
  sample: (at: number, way: Way) => Promise<number | undefined>;
}

interface Props {
  schematic: Schematic;
  stage: Stage | undefined;
  window: TimeWindow;
  playback: PlaybackCache;
  sensor: Sensor | undefined;
  alarms: readonly Occurrence[];
}

/** Changes of machines' and valves' states and of the drawing, alarms, events of devices, frames, and samples of one sensor. */
export function useTimeline({ schematic, stage, window, playback, sensor, alarms }: Props): Timeline {
  const data = usePlaybackOver(playback, window);
  const states = useMemo(() => statesOn(stage), [stage]);
  const changes = useMemo(() => stateChanges(data, states), [data, states]);
  const stored = useEventTimes(window.start, window.end);
  const { start, end } = window;
  const versions = schematic.versions;
  const events = useMemo(() => {
    const within = versions.filter(({ valid_from: from }) => from > start && from < end);
    const raised = alarms.map((alarm) => alarm.start).filter((t) => t > start && t < end);
    return [...eventsOf(data, within, states), ...stored, ...raised].sort((a, b) => a - b);
  }, [data, states, stored, alarms, versions, start, end]);
  const event = useCallback((at: number, way: Way) => nextEvent(events, at, way), [events]);
  const frame = useCallback(
    (at: number, way: Way) => {
      const known = playback.covering(at) ?? data;
      return known && frameBeside(known.t, at, way);
    },
    [playback, data],
  );
  const id = sensor?.id;
  const sample = useCallback(
    (at: number, way: Way) => (id ? sampleBeside(id, at, way) : Promise.resolve(undefined)),
    [id],
  );
  return useMemo(() => ({ changes, event, frame, sample }), [changes, event, frame, sample]);
}

/** Sensors of states that the drawing shows. */
function statesOn(stage: Stage | undefined): string[] {
  const slots = [...(stage?.scene.placements.values() ?? [])].flatMap(({ slots = {} }) => Object.values(slots));
  const shown = new Set([...slots, ...(stage?.scene.drawing.tags ?? [])].map(({ sensor }) => sensor));
  return [...shown].filter((sensor) => stage?.sensor(sensor)?.kind === "discrete");
}

function usePlaybackOver(playback: PlaybackCache, window: TimeWindow): PlaybackData | undefined {
  const subscribe = useCallback((changed: () => void) => playback.subscribe(changed), [playback]);
  return useSyncExternalStore(subscribe, () => playback.over(window));
}

/** The time of the sensor's sample after or before a moment, as the server has it. */
async function sampleBeside(sensor: string, at: number, way: Way): Promise<number | undefined> {
  if (way < 0) {
    const found = await get<Values>("/api/v1/values", { sensors: sensor, at: at - 1 });
    return found.values[0]?.t ?? undefined;
  }
  const query = { start: at + 1, end: Math.max(Date.now(), at + 2), method: "raw", limit: 1 };
  return (await get<{ t: number[] }>(`/api/v1/sensors/${sensor}/samples`, query)).t[0];
}
