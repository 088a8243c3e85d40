import { useCallback, useMemo } from "react";
import { useSearch } from "wouter";
import type { SiteCatalog } from "../catalog";
import type { Sensor } from "../api/types";
import { useParams } from "../moment";
import { MAX_TRACES, readSlots, toggleSlot, writeSlots } from "../series/slots";
import { OPTION_NAMES, readOptions, writeLimits, writeOptions } from "./options";
import type { Options } from "./options";
import { readRange, writeRange } from "./range";
import type { Range } from "./range";

export type Mode = "auto" | "line" | "band";

export interface Chosen {
  sensor: Sensor;
  slot: number;
}

/** The state in a trends address. Sensors may be named by id or by tag. */
export function useTrendState(catalog: SiteCatalog | undefined) {
  const search = useSearch();
  const [, change] = useParams();
  // Only what these parameters say is parsed again: the cursor, which is in the address too, moves often.
  const named = useSelected(search, "sensors");
  /** By id, as far as the catalog knows them; none of them twice. */
  const slots = useMemo(() => {
    const ids = readSlots(named.get("sensors")).map((name) => {
      const sensor = name ? (catalog?.sensorById.get(name) ?? catalog?.sensorByTag.get(name)) : undefined;
      return sensor?.id ?? name;
    });
    return ids.map((id, index) => (ids.indexOf(id) === index ? id : null));
  }, [named, catalog]);
  const other = useSelected(search, "range", "start", "end", "mode");
  const parsed = useMemo(() => {
    const mode = other.get("mode");
    return { ...readRange(other), mode: (mode === "line" || mode === "band" ? mode : "auto") as Mode };
  }, [other]);
  const optional = useSelected(search, ...OPTION_NAMES);
  const options = useMemo(() => readOptions(optional), [optional]);
  const { chosen, unknown } = useMemo(() => {
    const found: Chosen[] = [];
    const missing: string[] = [];
    slots.forEach((id, index) => {
      if (!id || !catalog) return;
      const sensor = catalog.sensorById.get(id);
      if (sensor) found.push({ sensor, slot: index + 1 });
      else missing.push(id);
    });
    return { chosen: found, unknown: missing };
  }, [slots, catalog]);

  /** Other sensors. A limit is of one sensor: it stays if the sensor keeps its slot. */
  const setSlots = useCallback(
    (next: (string | null)[]) => {
      const limits = new Map(
        [...options.limits].filter(([slot]) => slots[slot - 1] && next[slot - 1] === slots[slot - 1]),
      );
      change({ sensors: writeSlots(next), limits: writeLimits(limits) }, { replace: true });
    },
    [slots, options.limits, change],
  );
  const toggle = useCallback(
    (sensor: Sensor) => {
      const next = toggleSlot(slots, sensor.id);
      if (next) setSlots(next);
    },
    [slots, setSlots],
  );
  const setRange = useCallback((range: Range, replace = false) => change(writeRange(range), { replace }), [change]);
  const setMode = useCallback(
    (mode: Mode) => change({ mode: mode === "auto" ? null : mode }, { replace: true }),
    [change],
  );
  const setOptions = useCallback(
    (changed: Partial<Options>) => change(writeOptions(changed), { replace: true }),
    [change],
  );
  const only = useCallback(
    (sensors: Sensor[]) => setSlots(sensors.slice(0, MAX_TRACES).map((each) => each.id)),
    [setSlots],
  );
  return { ...parsed, slots, options, chosen, unknown, toggle, setSlots, setRange, setMode, setOptions, only };
}

/** The named parameters of an address; the same object until one of them changes. */
function useSelected(search: string, ...names: readonly string[]): URLSearchParams {
  const all = new URLSearchParams(search);
  const text = new URLSearchParams(names.flatMap((name) => (all.has(name) ? [[name, all.get(name)!]] : []))).toString();
  return useMemo(() => new URLSearchParams(text), [text]);
}
