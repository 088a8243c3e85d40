"""A tenant's archive has its work and whom it tells of alarms: what is restored is in use at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet

from access import operations as access
from access.models import Membership
from alarms.notification import repository as notification
from alarms.notification import subscriptions
from alarms.notification.channels import ChannelContent
from alarms.notification.models import PlanContent, RouteContent
from alarms.notification.routing import routing_of
from alarms.sinks import repository as sinks
from alarms.sinks.checks import secrets_of
from alarms.sinks.models import SinkContent
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from tenants import operations, reconciler
from tenants.backups import restore as restoring
from tenants.backups.location import location_of
from tenants.backups.take import back_up
from tenants.models import KeptDisk
from tests.tenants.conftest import MakeTenant
from tests.work.cases import DAY, HOUR, T
from web.stores import alarm_feed
from work.campaigns import operations as campaigns
from work.campaigns.models import CampaignContent
from work.cases import notes
from work.cases import operations as cases
from work.cases.models import CaseChange, NewCase
from work.cases.repository import all_as_of, all_of
from work.plans import operations as plans
from work.plans.models import MaintenancePlanContent
from work.plans.repository import stored_members

PHOTO = b"\x89PNG a picture of a seal"
HOOK = {"kind": "webhook", "url": "https://example.com/hook", "secret": "0123456789abcdef"}
BUS = {"kind": "mqtt", "host": "broker.example", "username": "plantrace", "password": "s3cret"}


def fill(tenant: TenantConnection, member: str) -> None:
    """A case with a past, a note and a photo; a plan, a campaign; a channel, a route, a shift plan; a sink."""
    by: dict[str, Any] = {"author": "anna", "now": T}
    bulk_upsert(tenant, "sites", [{"slug": "mill", "name": "Mill", "timezone": "UTC"}])
    bulk_upsert(tenant, "assets", [{"site": "mill", "tag": "P-1", "name": "Pump", "type": "pump"}])
    [asset] = snapshot_of(tenant).assets
    made = cases.create(tenant, NewCase(title="Seal leaks", asset=asset), **by)
    cases.change(
        tenant, made.id, CaseChange(title="Seal is worn", asset=asset, state="done"), 1, author="ben", now=T + DAY
    )
    note = notes.add(tenant, made.id, "Two drops a second", **by)
    notes.add_file(tenant, made.id, note.id, "seal.png", PHOTO, **by)
    every = {"calendar": {"count": 6, "unit": "months"}}
    plan = {"name": "Grease", "target": {"assets": [asset]}, "every": every}
    plans.create(tenant, msgspec.convert(plan, MaintenancePlanContent), **by)
    campaign = {"name": "Seals", "query": {"names": ["M-*"]}}
    campaigns.create(tenant, msgspec.convert(campaign, CampaignContent), **by)
    hook = msgspec.convert({"name": "Hook", "settings": HOOK}, ChannelContent)
    channel = notification.put_channel(tenant, None, hook, None, **by)
    nights = [{"days": [1, 2], "from": "22:00", "to": "06:00", "people": [member]}]
    duty = msgspec.convert({"name": "Operators", "zone": "UTC", "entries": nights}, PlanContent)
    shift = notification.put_plan(tenant, None, duty, None, **by)
    route = {"name": "Everybody", "steps": [{"channels": [channel.id], "shifts": [shift.id]}]}
    notification.put_route(tenant, None, msgspec.convert(route, RouteContent), None, **by)
    for name, enabled in (("Bus", True), ("Off", False)):
        bus = msgspec.convert({"name": name, "enabled": enabled, "settings": BUS}, SinkContent)
        sinks.put(tenant, None, bus, None, **by)


def known(tenant: TenantConnection) -> dict[str, Any]:
    """What processes know of it: secrets too."""
    channels, [case] = notification.channels(tenant), all_of(tenant).values()
    [note] = notes.notes_of(tenant, case.id)
    return {
        "cases": [case, all_as_of(tenant, T + HOUR)],
        "notes": [note, notes.read_file(tenant, case.id, note.files[0].id)[1]],
        "plans": [(each, stored_members(tenant, each.id)) for each in plans.find(tenant)],
        "campaigns": campaigns.find(tenant, T + DAY),
        "routing": routing_of(tenant),
        "destinations": [notification.destinations(each) for each in channels],
        "sinks": [(each.name, secrets_of(each).password) for each in sinks.SINKS.find(tenant)],
        "fed": sorted(alarm_feed().backlog(tenant.prefix)),
    }


def test_work_and_notification_are_restored_and_in_use(
    make_tenant: MakeTenant, tmp_path: Path, place: str, settings: Any
) -> None:
    original, copy = make_tenant("original"), make_tenant("copy")
    anna = access.create_user("anna", "a long password", operator=False)
    access.ensure_membership(anna, original, "engineer")
    fill(original.connection(), Membership.objects.get(user=anna).id)
    before = known(original.connection())
    [case, then] = before["cases"]
    assert (case.title, [was.title for was in then]) == ("Seal is worn", ["Seal leaks"])
    assert before["notes"][1] == PHOTO and len(before["fed"]) == 1
    [(_, members)] = before["plans"]
    assert [each.tag for each in members.members] == ["P-1"]
    assert before["sinks"] == [("Bus", "s3cret"), ("Off", "s3cret")]
    back_up(original, location_of(tmp_path / "original.tar.gz"))

    new = copy.connection()
    assert routing_of(new).routes == [] and not all_of(new), "a process has known the new tenant before"
    restoring.restore(copy, location_of(tmp_path / "original.tar.gz"))
    assert known(new) == before
    made = cases.create(new, NewCase(title="Next", asset=case.asset.id), author="anna", now=T + DAY)
    assert made.number == 2

    settings.FERNET_KEYS = [Fernet.generate_key().decode()]  # those of another installation
    with pytest.raises(Unavailable, match="none of FERNET_KEYS fits"):
        notification.destinations(notification.channels(new)[0])
    with pytest.raises(Unavailable, match="none of FERNET_KEYS fits"):
        secrets_of(sinks.SINKS.find(new)[0])
    assert routing_of(new).routes == before["routing"].routes, "what is no secret is still known"


def test_browsers_that_get_push_messages_are_nobodys_in_an_archive(make_tenant: MakeTenant, tmp_path: Path) -> None:
    """An archive holds no people; here their numbers may be those of others."""
    original, copy = make_tenant("original"), make_tenant("copy")
    content = {"endpoint": "https://push.example/1", "keys": {"p256dh": "x" * 87, "auth": "y" * 22}}
    given = msgspec.convert(content, subscriptions.SubscriptionContent)
    subscriptions.subscribe(original.connection(), 1, given, T)
    back_up(original, location_of(tmp_path / "original.tar.gz"))
    restoring.restore(copy, location_of(tmp_path / "original.tar.gz"))
    assert subscriptions.SUBSCRIPTIONS.find(copy.connection()) == []
    assert len(subscriptions.SUBSCRIPTIONS.find(original.connection())) == 1


def test_sinks_of_an_adopted_disk_have_the_feed(make_tenant: MakeTenant) -> None:
    original = make_tenant("original")
    bus = msgspec.convert({"name": "Bus", "settings": BUS}, SinkContent)
    made = sinks.put(original.connection(), None, bus, None, author="anna", now=T)
    operations.delete("original", "original", keep_disk=True)
    reconciler.reconcile()
    [disk] = KeptDisk.objects.all()
    adopting = make_tenant("adopting", adopt_disk=disk.id)
    assert [each.id for each in sinks.SINKS.find(adopting.connection())] == [made.id]
    assert alarm_feed().backlog(adopting.connection().prefix) == {made.id: 0}
