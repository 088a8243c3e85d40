import { useCallback, useMemo, useState } from "react";
import { NOTHING, remaining, ticked, tickedAll } from "./selection";

/** The ticked alarms of the list; one that leaves the list is no longer ticked. */
export function useSelection(order: readonly string[]) {
  const [selection, set] = useState(NOTHING);
  const listed = useMemo(() => new Set(order), [order]);
  const kept = useMemo(() => remaining(selection, listed), [selection, listed]);
  const tick = useCallback(
    (key: string, range = false) => set((old) => ticked(remaining(old, listed), key, range, order)),
    [order, listed],
  );
  const tickAll = useCallback(() => set((old) => tickedAll(remaining(old, listed), order)), [order, listed]);
  const clear = useCallback(() => set(NOTHING), []);
  return { keys: kept.keys, tick, tickAll, clear };
}
