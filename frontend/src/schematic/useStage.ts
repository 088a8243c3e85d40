import { useCallback, useMemo } from "react";
import type { Standings } from "../alarmData";
import type { SiteCatalog } from "../catalog";
import { useNavigateWith, useZone } from "../moment";
import { useTenant } from "../tenant";
import { sceneOf } from "./core/scene";
import type { ValueStore } from "./core/store";
import type { SchematicVersion } from "./core/types";
import type { Selection } from "./useSelection";
import type { Stage } from "./view/context";

/** What the parts of the drawing share, once it has loaded. */
export function useStageOf(
  drawn: SchematicVersion | undefined,
  store: ValueStore,
  catalog: SiteCatalog,
  { asset, select }: Pick<Selection, "asset" | "select">,
  other?: ValueStore,
  alarms?: Standings,
): Stage | undefined {
  const zone = useZone().name;
  const selected = asset?.id ?? null;
  const slug = useTenant()?.slug;
  const navigate = useNavigateWith();
  const open = useCallback((id: string) => navigate(`/t/${slug}/plant/${id}`), [navigate, slug]);
  const drawing = drawn?.drawing;
  const made = useMemo(() => drawing && sceneOf(drawing), [drawing]);
  // Before what is drawn of it subscribes.
  const scene = useMemo(() => {
    if (made) for (const each of [store, other]) each?.show(made, (id) => catalog.sensorById.get(id));
    return made;
  }, [made, store, other, catalog]);
  return useMemo(
    () =>
      scene && {
        scene,
        store,
        other,
        alarms,
        zone,
        selected,
        select,
        open,
        sensor: (id: string) => catalog.sensorById.get(id),
        asset: (id: string) => catalog.assetById.get(id),
      },
    [scene, store, other, alarms, catalog, zone, selected, select, open],
  );
}
