"""Campaigns in the document database, and beside each one document with its devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from kernel.ids import CAMPAIGN
from kernel.tenancy import TenantConnection
from web.collection import Collection
from web.stores import documents
from work.campaigns.models import MAX_CAMPAIGNS, CampaignDevice, CampaignRecord

CAMPAIGNS: Collection[CampaignRecord] = Collection("campaigns", CAMPAIGN, CampaignRecord, "campaign", MAX_CAMPAIGNS)
DEVICES: Final = "campaign_devices"


def place_of(campaign: CampaignRecord) -> str:
    """A key for `page_of`: those that are not closed first, then by name."""
    return f"{int(campaign.closed)}{campaign.name.casefold()}\x1f{campaign.id}"


@dataclass(frozen=True, slots=True)
class Members:
    """The devices of a campaign, by name; `truncated`: more fit than there may be."""

    devices: list[CampaignDevice]
    truncated: bool


def members_of(tenant: TenantConnection, campaign: str) -> Members:
    """As they were stored last."""
    stored = documents(tenant).get(DEVICES, campaign)
    if stored is None:
        return Members([], False)
    return Members(msgspec.convert(stored["devices"], list[CampaignDevice]), bool(stored["truncated"]))


def store_members(tenant: TenantConnection, campaign: str, members: Members) -> None:
    """Under the lock `DEVICES`, under which they were read."""
    database = documents(tenant)
    plain = {"devices": msgspec.to_builtins(members.devices), "truncated": members.truncated}
    if database.get(DEVICES, campaign) is None:
        database.insert(DEVICES, {"_id": campaign, **plain})
    else:
        database.change(DEVICES, campaign, lambda document: {**document, **plain})


def delete_members(tenant: TenantConnection, campaign: str) -> None:
    """Can be repeated."""
    with documents(tenant).exclusive(DEVICES):
        documents(tenant).delete_ids(DEVICES, [campaign])
