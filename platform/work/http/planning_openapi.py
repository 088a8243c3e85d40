"""The OpenAPI operations of maintenance plans and campaigns."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from catalog.responses import Invalid, Problem
from web.openapi import describe, operation, paging, path_parameter
from work.campaigns.models import (
    CampaignCaseOpening,
    CampaignCasesOpened,
    CampaignChange,
    CampaignContent,
    CampaignList,
    CampaignMarking,
    CampaignRecord,
    CampaignWithDevices,
)
from work.http.openapi import AT, IF_MATCH, TAG
from work.plans.models import (
    MaintenancePlan,
    MaintenancePlanChange,
    MaintenancePlanContent,
    MaintenancePlanList,
    MaintenancePlanWithStanding,
)

PLANS, CAMPAIGNS = "/api/v1/maintenance-plans", "/api/v1/campaigns"
_PLAN, _CAMPAIGN = path_parameter("id", "A maintenance plan's id"), path_parameter("id", "A campaign's id")
_CHANGED = "409: it was changed in the meantime; `current` is the stored version."

MaintenancePlanConflict = msgspec.defstruct(
    "MaintenancePlanConflict", [("current", MaintenancePlan | UnsetType, UNSET)], bases=(Problem,),
    rename={"kind": "type"}, kw_only=True, module=__name__,
)  # fmt: skip
CampaignConflict = msgspec.defstruct(
    "CampaignConflict", [("current", CampaignRecord | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def declare() -> None:
    describe(PLANS, "get", operation(
        "maintenancePlansList", "Maintenance plans, by name", TAG, AT, *paging(), responses={200: MaintenancePlanList},
    ))  # fmt: skip
    describe(PLANS, "post", operation(
        "maintenancePlanCreate", "Plan maintenance by time, run-hours or events", TAG, body=MaintenancePlanContent,
        responses={201: MaintenancePlan, 400: Invalid, 409: Problem},
        description="Its cases are opened when they are due, one at a time for each asset.",
    ))  # fmt: skip
    one = f"{PLANS}/{{id}}"
    describe(one, "get", operation(
        "maintenancePlanRead", "One maintenance plan, and its status at each asset", TAG, _PLAN, AT,
        responses={200: MaintenancePlanWithStanding},
    ))  # fmt: skip
    describe(one, "put", operation(
        "maintenancePlanChange", "Change a maintenance plan", TAG, _PLAN, IF_MATCH, body=MaintenancePlanChange,
        responses={200: MaintenancePlan, 400: Invalid, 409: MaintenancePlanConflict}, description=_CHANGED,
    ))  # fmt: skip
    describe(one, "delete", operation(
        "maintenancePlanDelete", "Delete a maintenance plan; its cases are kept", TAG, _PLAN, IF_MATCH,
        responses={204: None, 409: MaintenancePlanConflict},
    ))  # fmt: skip
    _declare_campaigns()


def _declare_campaigns() -> None:
    describe(CAMPAIGNS, "get", operation(
        "campaignsList", "Campaigns: those that are not closed first, then by name", TAG, AT, *paging(),
        responses={200: CampaignList},
    ))  # fmt: skip
    describe(CAMPAIGNS, "post", operation(
        "campaignCreate", "Plan a retrofit of all devices that a query finds", TAG, body=CampaignContent,
        responses={201: CampaignWithDevices, 400: Invalid, 409: Problem},
    ))  # fmt: skip
    one = f"{CAMPAIGNS}/{{id}}"
    describe(one, "get", operation(
        "campaignRead", "One campaign with its devices", TAG, _CAMPAIGN, AT, responses={200: CampaignWithDevices},
    ))  # fmt: skip
    describe(one, "put", operation(
        "campaignChange", "Change a campaign, or close it", TAG, _CAMPAIGN, IF_MATCH, body=CampaignChange,
        responses={200: CampaignWithDevices, 400: Invalid, 409: CampaignConflict}, description=_CHANGED,
    ))  # fmt: skip
    describe(one, "delete", operation(
        "campaignDelete", "Delete a campaign; its cases are kept", TAG, _CAMPAIGN, IF_MATCH,
        responses={204: None, 409: CampaignConflict},
    ))  # fmt: skip
    describe(f"{one}/devices", "post", operation(
        "campaignMark", "Say how far devices of a campaign are", TAG, _CAMPAIGN, body=CampaignMarking,
        responses={200: CampaignWithDevices, 400: Invalid},
    ))  # fmt: skip
    describe(f"{one}/cases", "post", operation(
        "campaignOpenCases", "Open cases for devices of a campaign", TAG, _CAMPAIGN, body=CampaignCaseOpening,
        responses={200: CampaignCasesOpened, 400: Invalid, 409: Problem},
        description="One for each device that has none of the campaign that is open. 409: the campaign is closed.",
    ))  # fmt: skip
