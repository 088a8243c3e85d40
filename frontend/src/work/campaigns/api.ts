import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, get, localUrl, tenantOfPath } from "../../api/client";
import type { Page } from "../../api/client";
import type { components } from "../../api/schema";
import { useRefreshCases } from "../../cases";

type Schemas = components["schemas"];

export type Campaign = Schemas["Campaign"];
export type CampaignWithDevices = Schemas["CampaignWithDevices"];
export type CampaignDevice = CampaignWithDevices["devices"][number];
export type Progress = CampaignDevice["progress"];
export type Counts = Campaign["counts"];
export type DeviceQuery = Partial<Schemas["DeviceQuery"]>;
/** What a campaign consists of, as it is sent. */
export type CampaignDraft = Pick<Schemas["CampaignContent"], "name"> & { query: DeviceQuery } & Partial<
    Omit<Schemas["CampaignContent"], "name" | "query">
  >;

const CAMPAIGNS = "/api/v1/campaigns";

const key = (...rest: unknown[]) => [tenantOfPath(), "campaigns", ...rest];

/** `at`: as of then; null: now. */
export const useCampaigns = (at: number | null) =>
  useInfiniteQuery({
    queryKey: key("list", at),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Campaign>>(localUrl(pageParam) ?? CAMPAIGNS, pageParam ? undefined : { limit: 200, at }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: at === null && 60_000,
  });

/** A campaign with its devices. */
export const useCampaign = (id: string | null, at: number | null) =>
  useQuery({
    queryKey: key("one", id, at),
    queryFn: ({ signal }) => get<CampaignWithDevices>(`${CAMPAIGNS}/${id}`, { at }, signal),
    enabled: id !== null,
    refetchInterval: at === null && 60_000,
    retry: false,
  });

interface Saving {
  /** The campaign that is changed; undefined: a new one. */
  from: Campaign | undefined;
  draft: CampaignDraft;
}

export function useSaveCampaign() {
  const onSettled = useRefreshCases();
  return useMutation({
    mutationFn: ({ from, draft }: Saving) =>
      from
        ? call<Campaign>("PUT", `${CAMPAIGNS}/${from.id}`, { body: { ...draft, revision: from.revision } })
        : call<Campaign>("POST", CAMPAIGNS, { body: draft }),
    onSettled,
  });
}

/** Afterwards the lists are read again, and not what is gone. */
export function useDeleteCampaign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, revision }: Campaign) =>
      call<undefined>("DELETE", `${CAMPAIGNS}/${id}`, { headers: { "If-Match": `"${revision}"` } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key("list") }),
  });
}

interface Marking {
  devices: readonly string[];
  progress: Exclude<Progress, "left">;
}

/** How many devices the server takes in one request. */
const MAX_DEVICES = 500;

async function inParts<T>(devices: readonly string[], send: (part: string[]) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let first = 0; first < devices.length; first += MAX_DEVICES)
    results.push(await send(devices.slice(first, first + MAX_DEVICES)));
  return results;
}

/** Says of devices how far they are. */
export function useMarkDevices(id: string) {
  const onSettled = useRefreshCases();
  return useMutation({
    mutationFn: ({ devices, progress }: Marking) =>
      inParts(devices, (part) =>
        call<unknown>("POST", `${CAMPAIGNS}/${id}/devices`, { body: { devices: part, progress } }),
      ),
    onSettled,
  });
}

/** A case for each of the devices that has none. */
export function useOpenCases(id: string) {
  const onSettled = useRefreshCases();
  return useMutation({
    mutationFn: async (devices: readonly string[]) => {
      const opened = await inParts(devices, (part) =>
        call<Schemas["CampaignCasesOpened"]>("POST", `${CAMPAIGNS}/${id}/cases`, { body: { devices: part } }),
      );
      return opened.reduce((sum, each) => sum + each.opened, 0);
    },
    onSettled,
  });
}
