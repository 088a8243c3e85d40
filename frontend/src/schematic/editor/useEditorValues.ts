import { useEffect, useMemo } from "react";
import { bindingsIn } from "../core/edit/binding";
import type { ValueStore } from "../core/store";
import type { Drawing, Entry } from "../core/types";
import { useOwnValues } from "../data";

const MAX_SENSORS = 1000;

/** The present values of what is bound in the drawing, also of what is not published yet. */
export function useEditorValues(store: ValueStore, drawing: Drawing): void {
  const bound = useMemo(
    () => [...new Set(bindingsIn(drawing).map(({ sensor }) => sensor))].sort().slice(0, MAX_SENSORS).join(","),
    [drawing],
  );
  const sensors = useMemo(() => (bound ? bound.split(",") : []), [bound]);
  const values = useOwnValues(sensors, null);
  useEffect(() => {
    const entries = [...values].map(([sensor, { v, t, stale, q, reason }]): [string, Entry] => [
      sensor,
      { v, t, stale, q: q ?? 0, reason },
    ]);
    if (entries.length > 0) store.set(Date.now(), entries);
  }, [store, values]);
}
