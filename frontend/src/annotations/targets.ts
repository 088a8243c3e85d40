import { useMemo } from "react";
import { useSiteCatalog } from "../catalog";
import { useParam } from "../moment";
import { readSlots } from "../series/slots";
import { useSite } from "../tenant";
import type { Targets } from "./data";

/** The ids of the sensors that the address names, by slot; it may name them by tag. */
export function useShownSlots(): (string | null)[] {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const [named] = useParam("sensors");
  return useMemo(
    () => readSlots(named).map((id) => (id === null ? null : (catalog?.sensorByTag.get(id)?.id ?? id))),
    [named, catalog],
  );
}

/** Those sensors and their assets: what notes on a trend are about. */
export function useShownTargets(): Targets {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const slots = useShownSlots();
  return useMemo(
    () => new Set(slots.flatMap((id) => (id === null ? [] : [id, catalog?.sensorById.get(id)?.asset ?? id]))),
    [slots, catalog],
  );
}
