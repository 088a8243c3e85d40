import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";

export type TenantState =
  "requested" | "provisioning" | "ready" | "upgrading" | "suspended" | "failed" | "deleting" | "deleted";

export interface Step {
  name: string;
  title: string;
  state: "waiting" | "running" | "done" | "failed";
  seconds: number | null;
  message: string;
}

export interface KeptDisk {
  id: string;
  slug: string;
  name: string;
  kept: number;
}

export interface Tenant {
  slug: string;
  name: string;
  driver: string;
  state: TenantState;
  status: string;
  error: string;
  release: string;
  ring: string;
  pinned: boolean;
  endpoints: Record<string, string>;
  limits: Record<string, number>;
  created: number;
  changed: number;
  steps: Step[];
  kept_disks: KeptDisk[];
}

export interface TenantPage {
  results: Tenant[];
  next: string | null;
  kept_disks: KeptDisk[];
}

/** Something is under way: look again soon. */
export const moving = (tenant: Tenant): boolean =>
  ["requested", "provisioning", "upgrading", "deleting"].includes(tenant.state) ||
  (tenant.state !== "failed" && tenant.steps.some((step) => step.state === "running" || step.state === "waiting"));

const outside = { tenant: null };

export function useTenants() {
  return useQuery({
    queryKey: ["tenants"],
    queryFn: ({ signal }) => call<TenantPage>("GET", "/api/v1/tenants", { ...outside, query: { limit: 1000 }, signal }),
    refetchInterval: (query) => (query.state.data?.results.some(moving) ? 500 : 5000),
  });
}

export const createTenant = (body: { slug: string; name: string; adopt_disk?: string }) =>
  call<Tenant>("POST", "/api/v1/tenants", { ...outside, body });
export const changeTenant = (slug: string, body: { suspended?: boolean; name?: string }) =>
  call<Tenant>("PATCH", `/api/v1/tenants/${slug}`, { ...outside, body });
export const retryTenant = (slug: string) => call<Tenant>("POST", `/api/v1/tenants/${slug}/retry`, outside);
export const deleteTenant = (slug: string, confirm: string, keep_disk: boolean) =>
  call<Tenant>("DELETE", `/api/v1/tenants/${slug}`, { ...outside, query: { confirm, keep_disk } });
export const inviteTo = (tenant: string, role: string, email: string) =>
  call<{ link: string | null; sent_to: string | null }>("POST", "/api/v1/members/invite", {
    ...outside,
    body: { tenant, role, ...(email ? { email } : {}) },
  });
