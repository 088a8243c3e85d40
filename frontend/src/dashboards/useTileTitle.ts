import { useQuery } from "@tanstack/react-query";
import { get, tenantOfPath } from "../api/client";
import { untilRead } from "../api/queries";
import type { Tile } from "../api/types";
import { useSavedViews } from "../savedViews";
import { useSensors } from "./data";
import { texts } from "./texts";

const MAX_TAGS = 3;

/** The site and name of a schematic; undefined until they are known, or if it is gone. */
export const useSchematic = (id: string | null) =>
  useQuery({
    queryKey: [tenantOfPath(), "schematics", "named", id],
    queryFn: ({ signal }) => get<{ site: string; name: string }>(`/api/v1/schematics/${id}`, {}, signal),
    enabled: id !== null,
    staleTime: 300_000,
    retry: false,
    refetchInterval: untilRead,
  });

/** A tile's own title, or one that says what it shows. */
export function useTileTitle(tile: Tile): string {
  const { known } = useSensors(tile.title ? [] : tile.sensors);
  const views = useSavedViews(undefined).data;
  const schematic = useSchematic(tile.title ? null : tile.schematic).data;
  if (tile.title) return tile.title;
  if (tile.kind === "view") return views?.find(({ id }) => id === tile.view)?.name ?? texts.kinds.view;
  if (tile.kind === "schematic") return schematic?.name ?? texts.kinds.schematic;
  const tags = tile.sensors.flatMap((id) => known.get(id)?.tag ?? []);
  if (tags.length === 0) return texts.kinds[tile.kind];
  return tags.slice(0, MAX_TAGS).join(", ") + (tags.length > MAX_TAGS ? ", …" : "");
}
