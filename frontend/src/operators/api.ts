import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, unwrap, noTenant, localUrl } from "../api/client";
import { Problem } from "../api/problem";
import { useAnnounced } from "../stream";
import type {
  Cluster,
  NewRelease,
  NewTenant,
  Release,
  Rollout,
  RolloutEvent,
  RolloutMember,
  Tenant,
  TenantChanges,
  TenantPage,
} from "../api/types";

export type { Cluster, NewRelease, NewTenant, Release, Rollout, RolloutEvent, RolloutMember, Tenant, TenantChanges };
export type Step = Tenant["steps"][number];
export type KeptDisk = TenantPage["kept_disks"][number];
export type Counts = TenantPage["counts"];

export const PAGE = 50;
const YEAR = 365 * 86_400_000;

const useTenantsAnnounced = () => useAnnounced("tenants", null);

/** Something is in progress: without announcements poll again soon. */
export const moving = (tenant: Tenant): boolean =>
  ["requested", "provisioning", "upgrading", "deleting"].includes(tenant.state) ||
  (tenant.state !== "failed" && tenant.steps.some((step) => step.state === "running" || step.state === "waiting"));

const one = (slug: string) => ({ ...noTenant, params: { path: { slug } } });
const id = (id: string) => ({ ...noTenant, params: { path: { id } } });

export interface Wanted {
  q: string;
  state: string;
  ring: string;
  cursor: string;
}

/** One page of tenants; the server filters and counts them. */
export function useTenants(wanted: Wanted) {
  const announced = useTenantsAnnounced();
  return useQuery({
    queryKey: ["tenants", "list", wanted],
    queryFn: ({ signal }) =>
      call<TenantPage>("GET", "/api/v1/tenants", { query: { limit: PAGE, ...wanted }, tenant: null, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => announced(query.state.data?.results.some(moving) ? 1000 : 5000),
  });
}

/** Its first sample is measured, not announced. */
const waitsForData = (tenant: Tenant): boolean => tenant.state === "ready" && !tenant.usage?.last_data;

export function useTenant(slug: string | undefined) {
  const announced = useTenantsAnnounced();
  return useQuery({
    queryKey: ["tenants", "one", slug],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/tenants/{slug}", { ...one(slug!), signal })),
    enabled: slug !== undefined,
    refetchInterval: ({ state: { data, error } }) => {
      if (isGone(error)) return false;
      if (data && waitsForData(data)) return 2000;
      return announced(data && moving(data) ? 500 : 2000);
    },
  });
}

export const isGone = (error: unknown): boolean => error instanceof Problem && error.status === 404;

/** Drivers, clusters and default values. */
export const useOptions = () =>
  useQuery({ queryKey: ["tenants", "options"], queryFn: () => unwrap(api.GET("/api/v1/tenants/options", noTenant)) });

/** `created` is called with the slug of the tenant that is being created. */
export function useCreate(created: (slug: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTenant) => unwrap(api.POST("/api/v1/tenants", { ...noTenant, body })),
    onSuccess: (tenant) => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      created(tenant.slug);
    },
  });
}

export const previewTenant = (body: NewTenant, signal: AbortSignal) =>
  unwrap(api.POST("/api/v1/tenants/preview", { ...noTenant, body, signal }));
export const changeTenant = (slug: string, body: TenantChanges) =>
  unwrap(api.PATCH("/api/v1/tenants/{slug}", { ...one(slug), body }));
export const retryTenant = (slug: string) => unwrap(api.POST("/api/v1/tenants/{slug}/retry", one(slug)));
export const deleteTenant = (slug: string, confirm: string, keep_disk: boolean) =>
  unwrap(
    api.DELETE("/api/v1/tenants/{slug}", { ...noTenant, params: { path: { slug }, query: { confirm, keep_disk } } }),
  );
export const readManifests = (slug: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/tenants/{slug}/manifest", { ...one(slug), signal }));
export const inviteAdmin = (tenant: string) =>
  unwrap(api.POST("/api/v1/members/invite", { ...noTenant, body: { tenant, role: "admin", email: "" } }));
export const makeIngestToken = (tenant: string) =>
  unwrap(
    api.POST("/api/v1/tokens", {
      ...noTenant,
      body: { name: "first data", tenant, scopes: ["ingest"], expires: new Date(Date.now() + YEAR).toISOString() },
    }),
  );
export const readDisks = async (signal: AbortSignal) =>
  (await unwrap(api.GET("/api/v1/disks", { ...noTenant, params: { query: { limit: 1000 } }, signal }))).results;

export const useClusters = () =>
  useQuery({
    queryKey: ["tenants", "clusters"],
    queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/clusters", { ...noTenant, signal }))).results,
  });
export const saveCluster = (name: string, body: { kubeconfig: string; influx_url: string }) =>
  unwrap(api.PUT("/api/v1/clusters/{name}", { ...noTenant, params: { path: { name } }, body }));
export const removeCluster = (name: string) =>
  unwrap(api.DELETE("/api/v1/clusters/{name}", { ...noTenant, params: { path: { name } } }));

export const useReleases = () =>
  useQuery({
    queryKey: ["releases"],
    queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/releases", { ...noTenant, signal }))).results,
    refetchInterval: 5000,
  });
export const createRelease = (body: NewRelease) => unwrap(api.POST("/api/v1/releases", { ...noTenant, body }));
export const deleteRelease = (name: string) =>
  unwrap(api.DELETE("/api/v1/releases/{name}", { ...noTenant, params: { path: { name } } }));

const passing = (rollout: Rollout) => rollout.state === "running" || atWork(rollout);

/** Some of its tenants are being changed; also after a pause, and during a rollback. */
export const atWork = (rollout: Rollout): boolean =>
  rollout.rings.some(({ states }) => ["upgrading", "checking", "soaking", "returning"].some((each) => states[each]));

/** The newest roll-outs, with their rings' counts. */
export function useRollouts() {
  return useQuery({
    queryKey: ["rollouts", "list"],
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET("/api/v1/rollouts", { ...noTenant, params: { query: { limit: 20 } }, signal }))).results,
    refetchInterval: (query) => (query.state.data?.some(passing) ? 1000 : 5000),
  });
}

/** One roll-out; its tenants and its history are separate lists. */
export function useRollout(name: string | undefined) {
  return useQuery({
    queryKey: ["rollouts", "one", name],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/rollouts/{id}", { ...id(name!), signal })),
    enabled: name !== undefined,
    refetchInterval: (query) => (query.state.data && passing(query.state.data) ? 2000 : 10_000),
  });
}

interface Listed<T> {
  results: T[];
  next: string | null;
  total: number;
}

/** A paged list, with as many pages as were requested. */
export function useListed<T>(path: string, query: Record<string, string | number>, again_ms: number) {
  return useInfiniteQuery({
    queryKey: ["rollouts", path, query],
    queryFn: ({ pageParam, signal }) =>
      call<Listed<T>>("GET", localUrl(pageParam) ?? path, {
        query: pageParam ? undefined : query,
        tenant: null,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: again_ms,
  });
}

const again = (rollout: Rollout) => (passing(rollout) ? 2000 : 10_000);

export const useMembers = (rollout: Rollout, query: { q?: string; state?: string; limit: number }) =>
  useListed<RolloutMember>(`/api/v1/rollouts/${rollout.id}/members`, query, again(rollout));

export const useHistory = (rollout: Rollout, limit: number) =>
  useListed<RolloutEvent>(`/api/v1/rollouts/${rollout.id}/events`, { limit }, again(rollout));

export const startRollout = (release: string, gate: Record<string, number>) =>
  unwrap(api.POST("/api/v1/rollouts", { ...noTenant, body: { release, gate } }));
export const pauseRollout = (name: string) => unwrap(api.POST("/api/v1/rollouts/{id}/pause", id(name)));
export const resumeRollout = (name: string) => unwrap(api.POST("/api/v1/rollouts/{id}/resume", id(name)));
export const rollBack = (name: string, body: { tenant?: string; ring?: "canary" | "early" | "all" }) =>
  unwrap(api.POST("/api/v1/rollouts/{id}/rollback", { ...id(name), body }));
