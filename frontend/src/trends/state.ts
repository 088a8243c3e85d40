import { useCallback, useMemo } from "react";
import { useSearch } from "wouter";
import type { SiteCatalog } from "../catalog";
import type { Sensor } from "../api/types";
import { useParams } from "../moment";
import { MAX_TRACES, readSlots, toggleSlot, writeSlots } from "../series/slots";
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
  const parsed = useMemo(() => {
    const params = new URLSearchParams(search);
    const mode = params.get("mode");
    return {
      slots: readSlots(params.get("sensors")),
      ...readRange(params),
      mode: (mode === "line" || mode === "band" ? mode : "auto") as Mode,
    };
  }, [search]);
  const { chosen, unknown } = useMemo(() => {
    const found: Chosen[] = [];
    const missing: string[] = [];
    parsed.slots.forEach((id, index) => {
      if (!id || !catalog) return;
      const sensor = catalog.sensorById.get(id) ?? catalog.sensorByTag.get(id);
      if (sensor) found.push({ sensor, slot: index + 1 });
      else missing.push(id);
    });
    return { chosen: found, unknown: missing };
  }, [parsed.slots, catalog]);

  const toggle = useCallback(
    (sensor: Sensor) => {
      const named = parsed.slots.map((id) => (id === sensor.tag ? sensor.id : id));
      const slots = toggleSlot(named, sensor.id);
      if (slots) change({ sensors: writeSlots(slots) }, { replace: true });
    },
    [parsed.slots, change],
  );
  const setRange = useCallback((range: Range, replace = false) => change(writeRange(range), { replace }), [change]);
  const setMode = useCallback(
    (mode: Mode) => change({ mode: mode === "auto" ? null : mode }, { replace: true }),
    [change],
  );
  const only = useCallback(
    (sensors: Sensor[]) =>
      change({ sensors: writeSlots(sensors.slice(0, MAX_TRACES).map((each) => each.id)) }, { replace: true }),
    [change],
  );
  return { ...parsed, chosen, unknown, toggle, setRange, setMode, only };
}
