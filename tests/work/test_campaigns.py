"""Campaigns: devices join and leave by type and firmware, and get cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kernel.tenancy import TenantConnection
from tests.ingest.devices_world import new_device
from tests.work.cases import HOUR, T, case
from tests.work.conftest import CAMPAIGN, CASES, Clock, Works, change, send
from work.campaigns import membership
from work.campaigns.models import CampaignDevice
from work.campaigns.operations import open_cases, refresh_all
from work.cases.repository import all_of
from work.fields import PlantObject
from work.seams import DeviceRecord

pytestmark = pytest.mark.django_db
Beat = Callable[[dict[str, Any], str], None]


@pytest.fixture
def beat(engineer: Client) -> Beat:
    """A device reports its firmware."""

    def report(device: dict[str, Any], firmware: str) -> None:
        send(engineer, "post", "/api/v1/device/heartbeat", {"device": device["name"], "firmware": firmware})

    return report


def campaign(client: Client, status: int = 201, **more: Any) -> Any:
    body = {"name": "New firmware", "query": {"firmware": ["1.*"]}, **more}
    return send(client, "post", CAMPAIGN, body, status)


def read(client: Client, made: dict[str, Any]) -> dict[str, str]:
    """How far each device is, by name."""
    response = client.get(f"{CAMPAIGN}/{made['id']}")
    assert response.status_code == 200, response.content
    return {each["name"]: each["progress"] for each in response.json()["devices"]}


def test_devices_join_and_leave_as_they_report_other_firmware(
    engineer: Client, works: Works, acme: TenantConnection, beat: Beat, clock: Clock
) -> None:
    old, new = new_device(engineer, name="M-1"), new_device(engineer, name="M-2")
    beat(old, "1.4")
    beat(new, "2.0")
    made = campaign(engineer)
    assert read(engineer, made) == {"M-1": "pending"}
    assert made["counts"] == {"pending": 1, "done": 0, "skipped": 0, "left": 0}
    beat(old, "2.0")
    assert read(engineer, made) == {"M-1": "left"}
    refresh_all(acme, T)
    third = new_device(engineer, name="M-3")
    beat(third, "1.0")
    beat(old, "1.4.1")
    assert read(engineer, made) == {"M-1": "pending", "M-3": "pending"}
    [listed] = engineer.get(CAMPAIGN).json()["results"]
    assert listed["counts"]["pending"] == 2


def test_a_query_is_by_type_name_site_and_firmware(engineer: Client, works: Works, beat: Beat) -> None:
    for name, tag, firmware in (("A-1", "P-1", "1.0"), ("A-2", "P-2", "1.1"), ("B-1", "CH-1", "1.0"), ("C-1", "", "")):
        device = new_device(engineer, name=name, **({"asset": works.assets[tag]} if tag else {}))
        if firmware:
            beat(device, firmware)

    def found(**query: Any) -> list[str]:
        return list(read(engineer, campaign(engineer, query=query)))

    assert found(asset_types=["pump"]) == ["A-1", "A-2"]
    assert found(site=works.slug) == ["A-1", "A-2", "B-1"]
    assert found(names=["a-?", "C*"]) == ["A-1", "A-2", "C-1"]
    assert found(names=["[A]-1"]) == []
    assert found(firmware=["1.*"], not_firmware=["1.1"]) == ["A-1", "B-1"]
    assert found(asset_types=["pump"], firmware=["1.0"]) == ["A-1"]


def test_a_device_is_done_when_somebody_says_so_or_its_case_is_done(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    first, second = new_device(engineer, name="M-1", asset=works.assets["P-1"]), new_device(engineer, name="M-2")
    made = campaign(engineer, query={"names": ["M-*"]}, instruction="Upgrade to 2.0", due=T + HOUR, priority=4)
    url = f"{CAMPAIGN}/{made['id']}"
    clock.now += 1
    marked = send(
        engineer, "post", f"{url}/devices", {"devices": [second["id"]], "progress": "skipped", "note": "Spare"}
    )
    [_, spare] = marked["devices"]
    assert (spare["progress"], spare["note"], spare["by"]) == ("skipped", "Spare", "engineer.acme")
    opened = send(engineer, "post", f"{url}/cases", {"devices": [first["id"]]})
    assert opened["opened"] == 1
    assert send(engineer, "post", f"{url}/cases", {"devices": [first["id"]]}) == {**opened, "opened": 0}
    its = engineer.get(f"{CASES}/{opened['cases'][0]}").json()
    assert (its["title"], its["kind"], its["description"], its["due"]) == (
        "New firmware: M-1", "retrofit", "Upgrade to 2.0", T + HOUR,
    )  # fmt: skip
    assert its["campaign"] == made["id"] and its["asset"]["tag"] == "P-1" and its["device"]["name"] == "M-1"
    assert engineer.get(f"{CASES}?campaign={made['id']}").json()["counts"]["open"] == 1
    clock.now += 1
    change(engineer, its, state="done")
    assert read(engineer, made) == {"M-1": "done", "M-2": "skipped"}
    clock.now += 1
    send(engineer, "post", f"{url}/devices", {"devices": [first["id"]], "progress": "pending"})
    assert read(engineer, made)["M-1"] == "pending", "somebody took it back"
    again = send(engineer, "post", f"{url}/cases", {"devices": [first["id"]]})
    assert again["opened"] == 1 and again["cases"] != opened["cases"]


def test_two_people_who_open_the_same_case_open_one(engineer: Client, works: Works, acme: TenantConnection) -> None:
    device = new_device(engineer, name="M-1")
    made = campaign(engineer, query={"names": ["M-*"]})
    for _ in range(2):
        open_cases(acme, made["id"], [device["id"]], author="anna", now=T)
    assert len(all_of(acme)) == 1


def test_a_closed_campaign_stays_as_it_was(engineer: Client, works: Works, beat: Beat, clock: Clock) -> None:
    device = new_device(engineer, name="M-1")
    beat(device, "1.0")
    made = campaign(engineer)
    body = {"name": "New firmware", "query": {"firmware": ["1.*"]}, "closed": True, "revision": 1}
    closed = send(engineer, "put", f"{CAMPAIGN}/{made['id']}", body)
    assert closed["closed"] and [each["name"] for each in closed["devices"]] == ["M-1"]
    beat(device, "2.0")
    assert read(engineer, made) == {"M-1": "pending"}
    refused = send(engineer, "post", f"{CAMPAIGN}/{made['id']}/cases", {"devices": [device["id"]]}, 409)
    assert refused["type"] == "/problems/campaign-closed"


def test_what_is_wrong_is_refused_by_name(engineer: Client, viewer: Client, works: Works) -> None:
    assert campaign(engineer, 400, query={})["errors"][0]["field"] == "query"
    assert campaign(engineer, 400, query={"site": "nowhere"})["errors"][0]["field"] == "query.site"
    assert campaign(engineer, 400, name=" ")["errors"][0]["field"] == "name"
    assert campaign(engineer, 400, query={"names": ["x" * 101]})["errors"][0]["field"] == "query.names[0]"
    assert campaign(viewer, 403)
    made, other = campaign(engineer), new_device(engineer)
    for path, more in (("devices", {"progress": "done"}), ("cases", {})):
        body = {"devices": [other["id"]], **more}
        refused = send(engineer, "post", f"{CAMPAIGN}/{made['id']}/{path}", body, 400)
        assert refused["errors"][0]["field"] == "devices[0]"
    stale = {"name": "x", "query": {"names": ["x"]}, "revision": 7}
    assert send(engineer, "put", f"{CAMPAIGN}/{made['id']}", stale, 409)["current"]["name"] == "New firmware"
    assert engineer.delete(f"{CAMPAIGN}/{made['id']}").status_code == 204
    assert engineer.get(f"{CAMPAIGN}/{made['id']}").status_code == 404


ACTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["fits", "fits not", "done", "skipped"])), max_size=20)


@given(ACTS)
def test_a_device_that_fits_is_in_and_what_a_person_said_stays(acts: list[tuple[int, str]]) -> None:
    fitting, told = set[int](), dict[int, str]()
    known: list[CampaignDevice] = []
    for moment, (number, act) in enumerate(acts, start=T):
        if act.startswith("fits"):
            (fitting.add if act == "fits" else fitting.discard)(number)
        records = [DeviceRecord(f"g{each}", f"M-{each}", None, "1.0") for each in sorted(fitting)]
        known = membership.compared(known, records, {}, moment)[0]
        if act in ("done", "skipped") and any(each.device == f"g{number}" for each in known):
            known = [
                CampaignDevice(**{**{name: getattr(each, name) for name in each.__struct_fields__}, "progress": act})
                if each.device == f"g{number}"
                else each
                for each in known
            ]
            told[number] = act
    progress = {each.device: each.progress for each in known}
    for number in range(4):
        if number in told:
            assert progress[f"g{number}"] == told[number]
        elif number in fitting:
            assert progress[f"g{number}"] == "pending"
        else:
            assert progress.get(f"g{number}", "left") == "left"


def test_a_campaign_has_a_bounded_number_of_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "MAX_DEVICES", 2)
    records = [DeviceRecord(f"g{each}", f"M-{each}", None, "") for each in range(3)]
    found, truncated = membership.compared([], records, {}, T)
    assert len(found) == 2 and truncated
    done = case(state="done", ended=T + 1, device=PlantObject(id="g0"))
    again, truncated = membership.compared(found, records[:2], {"g0": done}, T + 2)
    assert [each.progress for each in again] == ["done", "pending"] and not truncated
