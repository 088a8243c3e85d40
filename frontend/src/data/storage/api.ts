import { api, call, unwrap } from "../../api/client";
import type { Retention, Site } from "../../api/types";

export const readLadder = (signal: AbortSignal) => unwrap(api.GET("/api/v1/ladder", { signal }));

export type Kept = Pick<Retention, "raw_days" | "ladder_days">;

const pathOf = (site: Site | null) => (site ? `/api/v1/sites/${site.id}/retention` : "/api/v1/retention");

/** The retention of a site; with null, of sites without a setting of their own. */
export const readRetention = (site: Site | null, signal: AbortSignal) =>
  call<Retention>("GET", pathOf(site), { signal });

/** With null a site returns to the setting for all sites. */
export const setRetention = (site: Site | null, kept: Kept | null) =>
  kept ? call<Retention>("PUT", pathOf(site), { body: kept }) : call<Retention>("DELETE", pathOf(site));

export const deleteSamples = (site: Site, typed: string) =>
  call<unknown>("DELETE", `/api/v1/sites/${site.id}/samples`, { query: { confirm: typed } });
