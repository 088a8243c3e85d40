import type { SavedView, Sensor, Site, Tile } from "../api/types";
import { hrefWith } from "../moment";
import { writeSlots } from "../series/slots";
import { viewParams } from "../series/viewAddress";

/** The `site` parameter of a page about something of a site; nothing changes until the site is known. */
export function siteParam(id: string | undefined, sites: readonly Site[] | undefined): { site?: string } {
  const slug = sites?.find((site) => site.id === id)?.slug;
  return slug === undefined ? {} : { site: slug };
}

interface Known {
  base: string;
  /** The dashboard's. */
  range: string;
  sites: readonly Site[] | undefined;
  sensors: ReadonlyMap<string, Sensor>;
  views: readonly SavedView[] | undefined;
  schematic: { site: string } | undefined;
}

/** The address of what a tile shows, at its site; a trend of several sites is opened at that of its first sensor. */
export function tileLink(tile: Tile, known: Known): string | null {
  const { base, sites } = known;
  if (tile.kind === "trend" && tile.sensors.length > 0) {
    const first = tile.sensors.find((id) => known.sensors.has(id));
    const at = siteParam(first && known.sensors.get(first)!.site, sites);
    return hrefWith(`${base}/trends`, { ...at, sensors: writeSlots(tile.sensors), range: tile.range ?? known.range });
  }
  if (tile.kind === "view") {
    const view = known.views?.find(({ id }) => id === tile.view);
    const shown = view ? viewParams(view) : { view: tile.view };
    const range = tile.range ? { range: tile.range, start: null, end: null } : {};
    return hrefWith(`${base}/trends`, { ...siteParam(view?.site, sites), ...shown, ...range });
  }
  if (tile.kind === "schematic") {
    return hrefWith(`${base}/plant/${tile.schematic}`, siteParam(known.schematic?.site, sites));
  }
  return null;
}
