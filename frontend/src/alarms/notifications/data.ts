import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { tenantOfPath } from "../../api/client";
import { useSiteCatalog } from "../../catalog";
import { useSite, useSites, useTenant } from "../../tenant";
import { readRules } from "../rules/api";
import { readChannels, readPeople, readPlans, readRoutes } from "./api";
import { texts } from "./texts";
import type { Names } from "./words";

const KEY = "notification";

function useList<T>(kind: string, read: (signal: AbortSignal) => Promise<T[]>) {
  const tenant = useTenant();
  return useQuery({
    queryKey: [tenant?.slug, KEY, kind],
    queryFn: ({ signal }) => read(signal),
    enabled: !!tenant && tenant.role !== "viewer",
    staleTime: 10_000,
  });
}

export const useChannels = () => useList("channels", readChannels);
export const useRoutes = () => useList("routes", readRoutes);
export const usePlans = () => useList("plans", readPlans);
export const usePeople = () => useList("people", readPeople);

export function useRules() {
  return useList("rules", async (signal) => (await readRules(undefined, signal)).results);
}

/** Changes something of notification; all lists are read again. */
export function useChange<Given, Made>(change: (given: Given) => Promise<Made>, done?: (made: Made) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: [tenantOfPath(), KEY] });
      done?.(made);
    },
  });
}

const nameIn = (map: ReadonlyMap<string, string>) => (id: string) => map.get(id) ?? texts.gone(id);

/** Names of what routes and shift plans refer to; undefined until they are known. */
export function useNames(): Names | undefined {
  const channels = useChannels().data;
  const people = usePeople().data;
  const plans = usePlans().data;
  const rules = useRules().data;
  const sites = useSites().data;
  const { catalog } = useSiteCatalog(useSite()?.id);
  return useMemo(() => {
    if (!channels || !people || !plans || !rules || !sites) return undefined;
    const places = new Map(sites.map((site) => [site.id, site.name]));
    catalog?.areas.forEach((area) => places.set(area.id, area.name));
    catalog?.assets.forEach((asset) => places.set(asset.id, asset.tag));
    return {
      channel: nameIn(new Map(channels.map((each) => [each.id, each.name]))),
      person: nameIn(new Map(people.map((each) => [each.id, each.name || each.username]))),
      plan: nameIn(new Map(plans.map((each) => [each.id, each.name]))),
      rule: nameIn(new Map(rules.map((each) => [each.id, each.name]))),
      place: (id) => places.get(id) ?? id, // of another site
    };
  }, [channels, people, plans, rules, sites, catalog]);
}
