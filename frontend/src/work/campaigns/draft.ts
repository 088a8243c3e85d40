import { texts } from "../texts";
import type { Campaign, CampaignDraft, Counts, DeviceQuery } from "./api";

export const NEW: CampaignDraft = {
  name: "",
  query: { asset_types: [], names: [], firmware: [], not_firmware: [], site: null },
  instruction: "",
  priority: 3,
  assigned: null,
  due: null,
  closed: false,
};

/** A campaign as it would be sent to store it as it is. */
export const draftOf = (campaign: Campaign): CampaignDraft => ({
  name: campaign.name,
  query: campaign.query,
  instruction: campaign.instruction,
  priority: campaign.priority,
  assigned: campaign.assigned?.id ?? null,
  due: campaign.due,
  closed: campaign.closed,
});

const patternsOf = (query: DeviceQuery) => [query.asset_types, query.names, query.firmware, query.not_firmware];

/** Whether it says which devices. */
export const isComplete = ({ name, query }: CampaignDraft): boolean =>
  name.trim() !== "" && (patternsOf(query).some((each) => each?.length) || !!query.site);

/** Which devices: "gateway, firmware 3.*, but not firmware 4.2". */
export function queryWords(query: DeviceQuery): string {
  const list = (patterns: readonly string[] | undefined) => (patterns ?? []).join(texts.orList);
  const parts = [
    query.asset_types?.length && texts.devicesAt(list(query.asset_types)),
    query.names?.length && texts.devicesNamed(list(query.names)),
    query.firmware?.length && texts.devicesWith(list(query.firmware)),
    query.not_firmware?.length && texts.devicesWithout(list(query.not_firmware)),
  ];
  return parts.filter(Boolean).join(", ");
}

/** How many of the devices need nothing more, of how many; those that were skipped count as neither. */
export function progressOf({ pending, done, left }: Counts): { finished: number; total: number; share: number } {
  const finished = done + left;
  const total = finished + pending;
  return { finished, total, share: total === 0 ? 0 : finished / total };
}
