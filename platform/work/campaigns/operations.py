"""Operations on campaigns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import Conflict
from kernel.ids import CASE, id_of_number
from kernel.tenancy import TenantConnection
from web.stores import documents
from work.announce import announce
from work.campaigns.membership import as_of, compared, counts_of, fits
from work.campaigns.models import (
    Campaign,
    CampaignCasesOpened,
    CampaignContent,
    CampaignDevice,
    CampaignMarking,
    CampaignRecord,
    CampaignWithDevices,
    DeviceQuery,
)
from work.campaigns.repository import (
    CAMPAIGNS,
    DEVICES,
    HISTORY,
    Members,
    delete_members,
    members_of,
    place_of,
    replaced_of,
    store_members,
)
from work.cases import repository as cases
from work.cases.models import Case
from work.cases.operations import Opening, open_once
from work.cases.subjects import Subject, assigned_to, plant_object
from work.fields import MAX_TITLE, PlantObject, checked_moment, checked_title, wrong
from work.seams import seams

Change = Callable[[list[CampaignDevice]], list[CampaignDevice]]


def find(tenant: TenantConnection, now: int, at: int | None = None) -> list[Campaign]:
    """Those that are not closed first, then by name. `at`: as of then."""
    present = CAMPAIGNS.find(tenant)
    if at is None:
        return [_counted(each, _present(tenant, each, now)) for each in sorted(present, key=place_of)]
    by_id = {each.id: each for each in present}
    then = sorted(HISTORY.all_as_of(tenant, present, at), key=place_of)
    return [_counted(each, _past(tenant, each.id, by_id.get(each.id), now, at)) for each in then]


def read(tenant: TenantConnection, id: str, now: int, at: int | None = None) -> CampaignWithDevices:
    """With its devices, as of `at`. Raises NotFound, also if there was none then."""
    if at is None:
        return _with_devices(tenant, CAMPAIGNS.get(tenant, id), now)
    campaign = HISTORY.one_as_of(tenant, CAMPAIGNS, id, at)
    present = next((each for each in CAMPAIGNS.find(tenant) if each.id == id), None)
    return _listing(campaign, _past(tenant, id, present, now, at))


def create(tenant: TenantConnection, content: CampaignContent, *, author: str, now: int) -> CampaignWithDevices:
    """Raises BadRequest, Conflict (too many)."""
    by = {"author": author, "created": now, "changed": now, "changed_by": author}
    fields = msgspec.to_builtins(_checked(tenant, content, None) | by)
    made = CAMPAIGNS.insert(tenant, lambda _: fields)
    refresh(tenant, made.id, now)
    announce(tenant, "campaigns", made.id)
    return _with_devices(tenant, made, now)


def change(
    tenant: TenantConnection, id: str, content: CampaignContent, revision: int, *, author: str, now: int
) -> tuple[CampaignRecord, CampaignWithDevices]:
    """As it was and as it is. Raises NotFound, BadRequest, Conflict (the present one as `current`)."""
    was: list[CampaignRecord] = []

    def make(before: CampaignRecord) -> dict[str, Any]:
        was[:] = [before]
        fields: dict[str, Any] = msgspec.to_builtins(_checked(tenant, content, before))
        return fields | {"changed": now, "changed_by": author}

    if content.closed and not CAMPAIGNS.get(tenant, id).closed:
        refresh(tenant, id, now)  # its devices stay as they are now

    def note(before: CampaignRecord, content: Mapping[str, Any]) -> None:
        HISTORY.note(tenant, before, content, now)

    after = CAMPAIGNS.change(tenant, id, revision, make, noted=note)
    announce(tenant, "campaigns", id)
    return was[0], _with_devices(tenant, after, now)


def delete(tenant: TenantConnection, id: str, revision: int | None, now: int) -> CampaignRecord:
    """Its cases stay, and its past is known."""
    forgotten: list[str] = []

    def note(campaign: CampaignRecord) -> None:
        forgotten[:] = HISTORY.note_deletion(tenant, campaign, now)

    refresh(tenant, id, now)  # its devices stay as they are now
    gone = CAMPAIGNS.delete(tenant, id, revision, noted=note)
    delete_members(tenant, forgotten)
    announce(tenant, "campaigns", id)
    return gone


def mark(tenant: TenantConnection, id: str, marking: CampaignMarking, *, author: str, now: int) -> CampaignWithDevices:
    """Raises NotFound, BadRequest if one is not in the campaign: then none is marked."""

    def marked(devices: list[CampaignDevice]) -> list[CampaignDevice]:
        wanted = _named(devices, marking.devices)
        told = {"progress": marking.progress, "note": marking.note, "by": author, "changed": now}
        return [replace(each, **told) if each.device in wanted else each for each in devices]

    _store(tenant, id, marked, now)
    announce(tenant, "campaigns", id)
    return _with_devices(tenant, CAMPAIGNS.get(tenant, id), now)


def open_cases(
    tenant: TenantConnection, id: str, wanted: Sequence[str], *, author: str, now: int
) -> CampaignCasesOpened:
    """A case for each of these devices that has none of the campaign that is open. Raises as `mark`, Conflict."""
    campaign = CAMPAIGNS.get(tenant, id)
    if campaign.closed:
        raise Conflict("The campaign is closed.", slug="campaign-closed")
    devices = _present(tenant, campaign, now).devices
    named = _named(devices, wanted)
    known, opened, ids = _cases(tenant, id), 0, list[str]()
    snapshot = snapshot_of(tenant)
    for device in (each for each in devices if each.device in named):
        case = known.get(device.device)
        if case is None or not case.is_open:
            opening = _opening(tenant, campaign, device, snapshot)
            id_ = id_of_case(campaign.id, device.device, case)
            case, is_new = open_once(tenant, id_, opening, author=author, now=now)
            opened += is_new
        ids.append(case.id)
    refresh(tenant, id, now)
    announce(tenant, "campaigns", id)
    return CampaignCasesOpened(cases=ids, opened=opened)


def refresh(tenant: TenantConnection, id: str, now: int) -> None:
    """Store which devices it has now. Can be repeated; raises NotFound."""
    _store(tenant, id, lambda devices: devices, now)


def refresh_all(tenant: TenantConnection, now: int) -> None:
    for campaign in CAMPAIGNS.find(tenant):
        if not campaign.closed:
            refresh(tenant, campaign.id, now)


def id_of_case(campaign: str, device: str, before: Case | None) -> str:
    """Of the case that follows `before`: two people who open it at once open one."""
    digest = hashlib.sha256(f"{campaign}:{device}:{before.id if before else ''}".encode()).digest()
    return id_of_number(CASE, int.from_bytes(digest[:8], "big"))


def _store(tenant: TenantConnection, id: str, change: Change, now: int) -> None:
    with documents(tenant).exclusive(DEVICES):
        campaign = CAMPAIGNS.get(tenant, id)
        before, now_ = members_of(tenant, id), _present(tenant, campaign, now)
        after = Members(change(now_.devices), now_.truncated)
        if after != before:
            store_members(tenant, id, before, after)


def _present(tenant: TenantConnection, campaign: CampaignRecord, now: int) -> Members:
    """Its devices as they are now: of a closed campaign as they were."""
    known = members_of(tenant, campaign.id)
    if campaign.closed:
        return known
    snapshot = snapshot_of(tenant)
    fitting = [device for device in seams().fleet.devices(tenant) if fits(campaign.query, device, snapshot)]
    return Members(*compared(known.devices, fitting, _cases(tenant, campaign.id), now))


def _past(tenant: TenantConnection, id: str, present: CampaignRecord | None, now: int, at: int) -> Members:
    """Its devices as they were then. `present`: the campaign as it is now; None: it was deleted."""
    known = members_of(tenant, id) if present is None else _present(tenant, present, now)
    return Members(as_of(known.devices, replaced_of(tenant, id), _cases(tenant, id, at), at), known.truncated)


def _cases(tenant: TenantConnection, campaign: str, at: int | None = None) -> dict[str, Case]:
    """The newest of the campaign, by device; `at`: of those that were opened by then."""
    known = [case for case in cases.all_of(tenant).values() if at is None or case.opened <= at]
    own = [case for case in known if case.campaign == campaign and case.device is not None]
    return {case.device.id: case for case in sorted(own, key=lambda case: case.number) if case.device is not None}


def _with_devices(tenant: TenantConnection, campaign: CampaignRecord, now: int) -> CampaignWithDevices:
    return _listing(campaign, _present(tenant, campaign, now))


def _listing(campaign: CampaignRecord, members: Members) -> CampaignWithDevices:
    return CampaignWithDevices(**msgspec.structs.asdict(_counted(campaign, members)), devices=members.devices)


def _counted(campaign: CampaignRecord, members: Members) -> Campaign:
    own = msgspec.structs.asdict(campaign)
    return Campaign(**own, counts=counts_of(members.devices), truncated=members.truncated)


def _named(devices: Sequence[CampaignDevice], wanted: Sequence[str]) -> frozenset[str]:
    known = {each.device for each in devices}
    for place, id in enumerate(wanted):
        if id not in known:
            raise wrong(f"devices[{place}]", f"There is no device {id[:40]} in the campaign.")
    return frozenset(wanted)


def _opening(tenant: TenantConnection, campaign: CampaignRecord, device: CampaignDevice, snapshot: Snapshot) -> Opening:
    asset = snapshot.assets.get(device.asset or "")
    assigned = campaign.assigned and seams().people.find(tenant, campaign.assigned.id)
    return Opening(
        title=f"{campaign.name}: {device.name}"[:MAX_TITLE],
        description=campaign.instruction,
        kind="retrofit",
        priority=campaign.priority,
        subject=Subject(
            site=asset.site if asset else "",
            asset=plant_object(asset) if asset else None,
            asset_type=asset.type if asset else "",
            sensor=None,
            device=PlantObject(id=device.device, name=device.name),
            alarm=None,
        ),
        assigned=assigned,
        due=campaign.due,
        campaign=campaign.id,
    )


def _checked(tenant: TenantConnection, content: CampaignContent, before: CampaignRecord | None) -> dict[str, Any]:
    return {
        "name": checked_title(content.name, "name"),
        "query": _query(snapshot_of(tenant), content.query, before),
        "instruction": content.instruction,
        "priority": content.priority,
        "assigned": assigned_to(tenant, content.assigned, before.assigned if before else None),
        "due": None if content.due is None else checked_moment(content.due, "due"),
        "closed": content.closed,
    }


def _query(snapshot: Snapshot, query: DeviceQuery, before: CampaignRecord | None) -> DeviceQuery:
    if not (query.asset_types or query.names or query.firmware or query.not_firmware or query.site):
        raise wrong("query", "Say which devices: by `asset_types`, `names`, `firmware`, `not_firmware` or `site`.")
    if query.site is None or (before is not None and before.query.site == query.site):
        return query
    site = snapshot.site(query.site)
    if site is None:
        raise wrong("query.site", f"There is no site {query.site[:40]}.")
    return replace(query, site=site.id)
