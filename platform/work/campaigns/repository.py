"""Campaigns in the document database, and beside each one document with its devices, and one with what these were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from kernel.ids import CAMPAIGN
from kernel.tenancy import TenantConnection
from web.collection import Collection
from web.stores import documents
from work.campaigns.membership import bounded, replaced
from work.campaigns.models import MAX_CAMPAIGNS, CampaignDevice, CampaignRecord
from work.history import DeletableHistory

CAMPAIGNS: Collection[CampaignRecord] = Collection("campaigns", CAMPAIGN, CampaignRecord, "campaign", MAX_CAMPAIGNS)
HISTORY: Final = DeletableHistory("campaign_history", CampaignRecord)
DEVICES: Final = "campaign_devices"
REPLACED: Final = "campaign_device_history"


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


def replaced_of(tenant: TenantConnection, campaign: str) -> list[CampaignDevice]:
    """What its devices were before, the oldest first."""
    stored = documents(tenant).get(REPLACED, campaign)
    return [] if stored is None else msgspec.convert(stored["devices"], list[CampaignDevice])


def store_members(tenant: TenantConnection, campaign: str, before: Members, after: Members) -> None:
    """Under the lock `DEVICES`, under which `before` was read. What is replaced is stored first, so that a killed
    process loses none.
    """
    if was := replaced(before.devices, after.devices):
        _put(tenant, REPLACED, campaign, {"devices": bounded([*replaced_of(tenant, campaign), *was])})
    _put(tenant, DEVICES, campaign, {"devices": after.devices, "truncated": after.truncated})


def delete_members(tenant: TenantConnection, campaigns: Iterable[str]) -> None:
    """Also what is known of their past. Can be repeated."""
    ids = list(campaigns)
    with documents(tenant).exclusive(DEVICES):
        for collection in (DEVICES, REPLACED):
            documents(tenant).delete_ids(collection, ids)


def _put(tenant: TenantConnection, collection: str, campaign: str, content: dict[str, object]) -> None:
    database, plain = documents(tenant), msgspec.to_builtins(content)
    if database.get(collection, campaign) is None:
        database.insert(collection, {"_id": campaign, **plain})
    else:
        database.change(collection, campaign, lambda document: {**document, **plain})
