import { useQuery } from "@tanstack/react-query";
import { api, got, outside } from "../api/client";
import type { Tenant, TenantPage } from "../api/types";

export type { Tenant };
export type Step = Tenant["steps"][number];
export type KeptDisk = TenantPage["kept_disks"][number];

/** Something is under way: look again soon. */
export const moving = (tenant: Tenant): boolean =>
  ["requested", "provisioning", "upgrading", "deleting"].includes(tenant.state) ||
  (tenant.state !== "failed" && tenant.steps.some((step) => step.state === "running" || step.state === "waiting"));

const one = (slug: string) => ({ ...outside, params: { path: { slug } } });

export function useTenants() {
  return useQuery({
    queryKey: ["tenants"],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/tenants", { ...outside, params: { query: { limit: 1000 } }, signal })),
    refetchInterval: (query) => (query.state.data?.results.some(moving) ? 500 : 5000),
  });
}

export const createTenant = (body: { slug: string; name: string; adopt_disk: string | null }) =>
  got(api.POST("/api/v1/tenants", { ...outside, body }));
export const suspendTenant = (slug: string, suspended: boolean) =>
  got(api.PATCH("/api/v1/tenants/{slug}", { ...one(slug), body: { suspended } }));
export const retryTenant = (slug: string) => got(api.POST("/api/v1/tenants/{slug}/retry", one(slug)));
export const deleteTenant = (slug: string, confirm: string, keep_disk: boolean) =>
  got(api.DELETE("/api/v1/tenants/{slug}", { ...outside, params: { path: { slug }, query: { confirm, keep_disk } } }));
export const inviteAdmin = (tenant: string) =>
  got(api.POST("/api/v1/members/invite", { ...outside, body: { tenant, role: "admin", email: "" } }));
