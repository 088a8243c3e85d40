import { queryOptions, useQuery } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { usePathname, useSearch } from "./location";
import { all, api, unwrap, noTenant, tenantOfPath } from "../api/client";
import type { Membership, Site } from "../api/types";

const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => unwrap(api.GET("/api/v1/me", noTenant)),
  staleTime: 60_000,
});

export const useMe = () => useQuery(meQuery);

/** The page's tenant, as the signed-in person sees it; undefined on pages outside a tenant. */
export function useTenant(): Membership | undefined {
  const slug = tenantOfPath(usePathname());
  const me = useMe();
  return slug ? me.data?.tenants.find((tenant) => tenant.slug === slug) : undefined;
}

let last: string | undefined;

function remembered(slug: string | undefined): string | undefined {
  if (slug) last = slug;
  return last;
}

/** The page's tenant; on pages outside a tenant the one last visited, or the person's only one. */
export function useRecentTenant(): Membership | undefined {
  const here = useTenant();
  const tenants = useMe().data?.tenants;
  const slug = remembered(here?.slug);
  return here ?? tenants?.find((each) => each.slug === slug) ?? (tenants?.length === 1 ? tenants[0] : undefined);
}

const sitesQuery = (slug: string | undefined) =>
  queryOptions({
    queryKey: [slug, "sites"],
    queryFn: ({ signal }) => all("/api/v1/sites", {}, signal),
    staleTime: 60_000,
  });

export function useSites() {
  const slug = useTenant()?.slug;
  return useQuery({ ...sitesQuery(slug), enabled: slug !== undefined });
}

/** Who has signed in needs these two at once; the page would ask for one after the other. */
export function readAhead(client: QueryClient): void {
  void client.prefetchQuery(meQuery);
  const slug = tenantOfPath();
  if (slug) void client.prefetchQuery(sitesQuery(slug));
}

/** The site that `site=` names by slug or id, otherwise the tenant's first. */
export function useSite(): Site | undefined {
  const sites = useSites().data;
  const wanted = new URLSearchParams(useSearch()).get("site");
  return sites?.find((site) => site.slug === wanted || site.id === wanted) ?? sites?.[0];
}

/** The `site=` of the address if the tenant has no such site; the first site is shown instead. */
export function useUnknownSite(): string | null {
  const sites = useSites().data;
  const wanted = new URLSearchParams(useSearch()).get("site");
  if (!wanted || !sites?.length) return null;
  return sites.some((site) => site.slug === wanted || site.id === wanted) ? null : wanted;
}

export async function signOut(): Promise<void> {
  await api.DELETE("/api/v1/session", noTenant);
  location.assign("/sign-in");
}
