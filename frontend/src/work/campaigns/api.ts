import { useMutation } from "@tanstack/react-query";
import { call } from "../../api/client";
import type { components } from "../../api/schema";
import { useRefreshCases } from "../../cases";
import { documentsAt } from "../documents";

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

export const campaigns = documentsAt<Campaign, CampaignWithDevices, CampaignDraft>(CAMPAIGNS, "campaigns");

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
