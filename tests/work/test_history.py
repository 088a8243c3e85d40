"""Past moments of cases, maintenance plans and campaigns: each as it was then."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog import operations as catalog
from catalog.kinds import SITES
from kernel.tenancy import TenantConnection
from tests.ingest.devices_world import new_device
from tests.work.cases import DAY, HOUR, T
from tests.work.conftest import CAMPAIGN, CASES, MAINTENANCE, Clock, Works, change, open_case, send
from web.stores import documents
from work import history
from work.campaigns.membership import as_of, replaced
from work.campaigns.models import CampaignDevice
from work.campaigns.operations import refresh_all
from work.cases.repository import HISTORY, get
from work.history import Replaced, bounded, rewound
from work.plans.opening import open_due
from work.seams import seams

pytestmark = pytest.mark.django_db
VERSIONS = st.lists(st.fixed_dictionaries({"title": st.sampled_from("abc"), "due": st.integers(0, 2)}), min_size=1)


@given(VERSIONS)
def test_each_version_is_found_again(versions: list[dict[str, Any]]) -> None:
    """Version n is replaced at n + 1; between two of them is what the earlier one was."""
    changes = [
        Replaced(until=n, was={name: value for name, value in before.items() if value != after[name]})
        for n, (before, after) in enumerate(pairwise(versions), 1)
    ]
    assert [rewound(versions[-1], changes, n) for n in range(len(versions))] == versions


def test_the_newest_changes_are_kept() -> None:
    many = [Replaced(until=n, was={"title": str(n)}) for n in range(2 * history.MAX_CHANGES)]
    assert bounded(many) == many[-history.MAX_CHANGES :]
    large = [Replaced(until=n, was={"description": "x" * 4_000}) for n in range(20)]
    assert bounded(large) == large[-8:]


def test_a_case_has_title_person_and_asset_of_then(
    engineer: Client, viewer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    people = {each.name: each.id for each in seams().people.active(acme)}
    made = open_case(engineer, works, title="Vibration", assigned=people["engineer.acme"])
    clock.now += HOUR
    later = change(
        engineer, made, title="Bearing is worn", assigned=people["viewer.acme"], asset=works.assets["P-2"], priority=1
    )
    clock.now += HOUR
    change(engineer, later, title="Bearing was replaced", state="done", what_was_done="Replaced")
    clock.now += HOUR

    def then(at: int) -> tuple[Any, ...]:
        one = engineer.get(f"{CASES}/{made['id']}?at={at}").json()
        [listed] = engineer.get(f"{CASES}?at={at}").json()["results"]
        assert {**listed, "notes": []} == one
        return one["title"], one["assigned"]["name"], one["asset"]["tag"], one["priority"], one["state"]

    assert then(T) == then(T + HOUR - 1) == ("Vibration", "engineer.acme", "P-1", 3, "open")
    assert then(T + HOUR) == ("Bearing is worn", "viewer.acme", "P-2", 1, "open")
    assert then(T + 2 * HOUR) == ("Bearing was replaced", "viewer.acme", "P-2", 1, "done")
    before = f"{CASES}?at={T}&format=csv&q=vibration&assigned={people['engineer.acme']}&asset={works.assets['P-1']}"
    assert len(engineer.get(before).content.decode().splitlines()) == 2, "filters look at what was then"
    assert engineer.get(f"{CASES}?at={T}&q=bearing").json()["results"] == []


def test_what_is_entered_afterwards_was_so_from_its_beginning(engineer: Client, works: Works, clock: Clock) -> None:
    clock.now = T + DAY
    made = open_case(engineer, works, title="Leak", opened=T, state="done", began=T, ended=T + HOUR)
    clock.now += HOUR
    change(engineer, made, title="Oil leak", began=T, ended=T + HOUR)
    was = engineer.get(f"{CASES}/{made['id']}?at={T + 1}").json()
    assert (was["title"], was["state"]) == ("Leak", "in_progress")


def test_a_change_that_was_noted_and_never_stored_changes_nothing(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    """As of a process that was killed in between."""
    made = open_case(engineer, works)
    HISTORY.note(acme, get(acme, made["id"]), {"title": "Never"}, T + HOUR)
    clock.now += DAY
    change(engineer, made, title="Loud")
    titles = [engineer.get(f"{CASES}/{made['id']}?at={at}").json()["title"] for at in (T, T + 2 * HOUR, T + DAY)]
    assert titles == ["Vibration", "Vibration", "Loud"]


def test_the_past_of_a_case_goes_with_its_site(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    made = open_case(engineer, works)
    change(engineer, made, title="Loud")
    assert documents(acme).get(HISTORY.name, made["id"]) is not None
    catalog.delete(acme, SITES, works.site, cascade=True)
    assert documents(acme).get(HISTORY.name, made["id"]) is None


def test_a_plan_of_then_stands_as_it_stood(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    every = {"calendar": {"count": 10, "unit": "days"}}
    body = {"name": "Grease", "target": {"assets": [works.assets["P-1"]]}, "every": every, "begins": T}
    made = send(engineer, "post", MAINTENANCE, body, 201)
    url = f"{MAINTENANCE}/{made['id']}"
    [case] = open_due(acme, T + 10 * DAY)
    clock.now = T + 11 * DAY
    change(engineer, engineer.get(f"{CASES}/{case.id}").json(), state="done")
    clock.now = T + 12 * DAY
    send(engineer, "put", url, {**body, "name": "Lubricate", "revision": 1})
    clock.now = T + 13 * DAY
    assert engineer.delete(url, headers={"If-Match": '"2"'}).status_code == 204
    clock.now = T + 14 * DAY

    def then(days: float) -> tuple[Any, ...] | None:
        at = int(T + days * DAY)
        listed = engineer.get(f"{MAINTENANCE}?at={at}").json()["results"]
        response = engineer.get(f"{url}?at={at}")
        if response.status_code == 404:
            assert listed == []
            return None
        one = response.json()
        [stands] = one["standing"]
        assert [each["name"] for each in listed] == [one["name"]]
        return one["name"], stands["last_done"], stands["open_case"], stands["due"]

    assert then(-1) is None and then(13) is None and engineer.get(url).status_code == 404
    assert then(0) == ("Grease", None, None, T + 10 * DAY)
    assert then(10.5) == ("Grease", None, case.id, T + 10 * DAY)
    after = T + 21 * DAY - HOUR  # by the clock of Berlin, which summer time has moved
    assert then(11.5) == ("Grease", T + 11 * DAY, None, after)
    assert then(12.5) == ("Lubricate", T + 11 * DAY, None, after)


def test_a_campaign_of_then_has_the_devices_of_then(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    first, second = new_device(engineer, name="M-1"), new_device(engineer, name="M-2")
    made = send(engineer, "post", CAMPAIGN, {"name": "Seals", "query": {"names": ["M-*"]}}, 201)
    url = f"{CAMPAIGN}/{made['id']}"
    clock.now = T + HOUR
    [case] = send(engineer, "post", f"{url}/cases", {"devices": [first["id"]]})["cases"]
    clock.now = T + 2 * HOUR
    change(engineer, engineer.get(f"{CASES}/{case}").json(), state="done")
    clock.now = T + 3 * HOUR
    send(engineer, "post", f"{url}/devices", {"devices": [second["id"]], "progress": "skipped", "note": "Spare"})
    third = new_device(engineer, name="M-3")
    refresh_all(acme, T + 4 * HOUR)
    clock.now = T + 5 * HOUR
    send(engineer, "post", f"{url}/devices", {"devices": [second["id"]], "progress": "pending"})
    clock.now = T + 6 * HOUR
    send(engineer, "put", url, {"name": "Seals and caps", "query": {"names": ["M-*"]}, "closed": True, "revision": 1})
    clock.now = T + 7 * HOUR
    assert engineer.delete(url, headers={"If-Match": '"2"'}).status_code == 204
    clock.now = T + 8 * HOUR

    def then(hours: float) -> tuple[str, dict[str, tuple[str, str, str | None]]]:
        at = int(T + hours * HOUR)
        one = engineer.get(f"{url}?at={at}").json()
        [listed] = engineer.get(f"{CAMPAIGN}?at={at}").json()["results"]
        assert one["counts"] == listed["counts"] and sum(one["counts"].values()) == len(one["devices"])
        return one["name"], {each["name"]: (each["progress"], each["note"], each["case"]) for each in one["devices"]}

    todo = ("pending", "", None)
    assert third["name"] == "M-3"
    assert then(0.5) == ("Seals", {"M-1": todo, "M-2": todo})
    assert then(1.5) == ("Seals", {"M-1": ("pending", "", case), "M-2": todo})
    assert then(2.5) == ("Seals", {"M-1": ("done", "", case), "M-2": todo})
    assert then(3.5) == ("Seals", {"M-1": ("done", "", case), "M-2": ("skipped", "Spare", None)})
    assert then(5.5) == ("Seals", {"M-1": ("done", "", case), "M-2": todo, "M-3": todo})
    assert then(6.5) == ("Seals and caps", then(5.5)[1])
    assert engineer.get(f"{url}?at={T - 1}").status_code == engineer.get(f"{url}?at={T + 7 * HOUR}").status_code == 404
    assert engineer.get(url).status_code == 404 and engineer.get(f"{CAMPAIGN}?at={T - 1}").json()["results"] == []


PROGRESS = st.sampled_from(("pending", "done", "skipped", "left"))


@given(st.lists(st.dictionaries(st.sampled_from("abc"), PROGRESS, min_size=1), min_size=1, max_size=8))
def test_each_state_of_devices_is_found_again(rounds: list[dict[str, Any]]) -> None:
    """Of rounds in each of which some devices come to be something."""
    now: dict[str, CampaignDevice] = {}
    past: list[CampaignDevice] = []
    versions = []
    for t, progresses in enumerate(rounds):
        before = dict(now)
        for name, progress in progresses.items():
            joined = now[name].joined if name in now else t
            now[name] = CampaignDevice(
                device=name, name=name, asset=None, firmware="", progress=progress, joined=joined, changed=t, by="",
                note="", case=None,
            )  # fmt: skip
        past += replaced(before.values(), now.values())
        versions.append([now[name] for name in sorted(now)])
    assert [as_of(now.values(), past, {}, t) for t in range(len(rounds))] == versions
