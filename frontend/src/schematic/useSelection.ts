import { useCallback } from "react";
import type { Asset, Sensor } from "../api/types";
import type { SiteCatalog } from "../catalog";
import { useParams } from "../moment";
import type { SchematicVersion } from "./core/types";

export interface Selection {
  asset: Asset | undefined;
  /** The sensor whose trend is shown: the chosen one, otherwise one of the asset's, otherwise the drawing's first. */
  sensor: Sensor | undefined;
  select: (asset: string | null, sensor?: string) => void;
}

/** The selected asset and sensor, as the address names them by their tags. */
export function useSelection(catalog: SiteCatalog, drawn: SchematicVersion | undefined): Selection {
  const [params, change] = useParams();
  const select = useCallback(
    (asset: string | null, sensor?: string) => {
      const tag = asset && catalog.assetById.get(asset)?.tag;
      const own = sensor === undefined ? defaultSensor(catalog, asset) : sensor;
      change({ asset: tag || null, sensor: own ? catalog.sensorById.get(own)?.tag : null }, { replace: true });
    },
    [catalog, change],
  );
  const asset = catalog.assets.find((each) => each.tag === params.get("asset"));
  const sensor =
    catalog.sensorByTag.get(params.get("sensor") ?? "") ??
    catalog.sensorById.get((asset && defaultSensor(catalog, asset.id)) ?? "") ??
    catalog.sensorById.get(drawn?.drawing.tags?.[0]?.sensor ?? "");
  return { asset, sensor, select };
}

function defaultSensor(catalog: SiteCatalog, asset: string | null): string | undefined {
  const own = catalog.sensorsOf.get(asset ?? "") ?? [];
  return (own.find((sensor) => sensor.kind === "continuous") ?? own[0])?.id;
}
