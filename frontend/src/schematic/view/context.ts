import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import type { Standing, Standings } from "../../alarmData";
import type { Asset, Sensor } from "../../api/types";
import { formatAge } from "../../format";
import type { Flow } from "../core/flow";
import type { Scene } from "../core/scene";
import type { State } from "../core/state";
import type { ValueStore } from "../core/store";
import type { Entry, Placement } from "../core/types";
import { NOTHING, sensorsShown, shownOf } from "../symbols/shown";
import type { Shown } from "../symbols/shown";

/** What the parts of one drawing share. Values are not in it: each part subscribes to its own in the store. */
export interface Stage {
  scene: Scene;
  store: ValueStore;
  /** The values of another moment, of which the drawing shows the differences. */
  other?: ValueStore | undefined;
  /** The alarms at the moment. */
  alarms?: Standings | undefined;
  sensor: (id: string) => Sensor | undefined;
  asset: (id: string) => Asset | undefined;
  /** IANA name of the clock that times are shown in. */
  zone: string;
  selected: string | null;
  select: (asset: string | null, sensor?: string) => void;
  /** Shows another schematic, where a link on the drawing leads. */
  open?: (schematic: string) => void;
}

export const StageContext = createContext<Stage | null>(null);

export function useStage(): Stage {
  const stage = useContext(StageContext);
  if (!stage) throw new Error("A part of a drawing outside of one");
  return stage;
}

function useStored<T>(key: string, read: (key: string) => T): T {
  const { store } = useStage();
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(subscribe, () => read(key));
}

export const useEntry = (sensor: string): Entry | undefined => useStored(sensor, useStage().store.entry);
/** How old an entry is at the store's moment, as text; it grows while the entry stays. Empty without an entry. */
export function useAge(entry: Entry | undefined): string {
  const { store } = useStage();
  return useStored("*", () => (entry?.t == null ? "" : formatAge(Math.max(0, store.at - entry.t))));
}

export const usePlacementState = (placement: string): State => useStored(placement, useStage().store.state);
export const useFlow = (pipe: string): Flow => useStored(pipe, useStage().store.flow);

/** Within this frame of a playback the sensor's state changed and changed back. */
export const useHasChanged = (sensor: string): boolean => {
  const { store } = useStage();
  return useStored(sensor, () => store.entry(sensor)?.changed === true);
};

/** The most important alarm at an asset or a sensor. */
export function useStanding(id: string | undefined): Standing | undefined {
  const { alarms } = useStage();
  const subscribe = useCallback(
    (listener: () => void) => (alarms && id ? alarms.subscribe(id, listener) : NO_STATE()),
    [alarms, id],
  );
  return useSyncExternalStore(subscribe, () => (id ? alarms?.at(id) : undefined));
}

const NO_STATE = () => () => {};

/** The placement's state at the other moment, where both are known and it was another one. */
export function useOtherState(placement: string, state: State): State | undefined {
  const { other } = useStage();
  const subscribe = useCallback(
    (listener: () => void) => other?.subscribe(placement, listener) ?? NO_STATE(),
    [other, placement],
  );
  const before = useSyncExternalStore(subscribe, () => other?.state(placement));
  const known = [before, state].every((each) => each && each !== "none" && each !== "unknown");
  return known && before !== state ? before : undefined;
}

/** What a symbol shows of its values; unchanged while that is. */
export function useShown(placement: Placement, state: State): Shown {
  const { store, sensor } = useStage();
  const sensors = useMemo(() => sensorsShown(placement), [placement]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = sensors.map((each) => store.subscribe(each, listener));
      return () => ends.forEach((end) => end());
    },
    [store, sensors],
  );
  const text = useSyncExternalStore(subscribe, () =>
    sensors.length > 0 ? JSON.stringify(shownOf(placement, store.entry, sensor, state)) : "",
  );
  return useMemo(() => (text ? (JSON.parse(text) as Shown) : NOTHING), [text]);
}

/** Of several pipes together: flow, no flow, or unknown. */
export function useFlows(pipes: string[]): Flow {
  const { store } = useStage();
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = pipes.map((pipe) => store.subscribe(pipe, listener));
      return () => ends.forEach((end) => end());
    },
    [store, pipes],
  );
  const read = () => {
    const flows = pipes.map(store.flow);
    return flows.includes("flowing") ? "flowing" : flows.includes("unknown") ? "unknown" : "still";
  };
  return useSyncExternalStore(subscribe, read);
}
