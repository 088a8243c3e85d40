"""The brokers that alarms are published to, in the browser: what they are for, a test, and how each does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.alarms.sinks.brokers import USER, Mosquitto, Subscriber, mosquitto
from tests.e2e.conftest import PHONE, TABLET, WIDE, OpenPage, Watch
from tests.e2e.test_accessibility import findings_in
from tests.e2e.test_pages import settle, unreadable
from tests.ingest.simulated_devices import free_port
from tests.installation import Platform

SLUG, ADMIN, ENGINEER = "sinks", "admin.sinks", "engineer.sinks"
BASE, PAGE = "/api/v1/alarm-sinks", f"/t/{SLUG}/alarms/notifications?view=sinks"
WITHIN_MS = 60_000  # a sink that fails is tried again after up to that
NO_BROKERS = "A sink publishes each change of an alarm"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as made:
        yield made


@pytest.fixture
def people(platform: Platform) -> Iterator[Platform]:
    """Of a tenant without sinks before and afterwards."""
    platform.ensure_tenant(SLUG)
    platform.ensure_person(ADMIN, SLUG, "admin")
    platform.ensure_person(ENGINEER, SLUG, "engineer")
    platform.ensure_sensor(ADMIN)
    forget_sinks(platform)
    yield platform
    forget_sinks(platform)


def forget_sinks(platform: Platform) -> None:
    for sink in sinks(platform):
        gone = platform.call("DELETE", f"{BASE}/{sink['id']}", ADMIN, headers={"If-Match": f'"{sink["revision"]}"'})
        assert gone.status_code == 204, gone.text


def sinks(platform: Platform) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = platform.get(BASE, ADMIN).json()["results"]
    return found


def add(platform: Platform, name: str, **settings: Any) -> None:
    made = platform.call("POST", BASE, ADMIN, json={"name": name, "settings": settings})
    assert made.status_code == 201, made.text


def plain(broker: Mosquitto, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "mqtt", "host": "127.0.0.1", "port": broker.plain, "tls": False, "topic": "plant/{what}", **changes
    }  # fmt: skip


def alert(platform: Platform, name: str) -> None:
    """Another system's: an alarm that needs no rule."""
    began = datetime.now(UTC).isoformat()
    labels = {"alertname": name, "severity": "critical"}
    alerts = [{"status": "firing", "fingerprint": uuid.uuid4().hex[:16], "labels": labels, "startsAt": began}]
    taken = platform.call("POST", "/api/v1/alertmanager", ADMIN, json={"alerts": alerts})
    assert taken.status_code == 200, taken.text


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name="Sinks").get_by_role("row").filter(has_text=name)


def test_a_sink_is_added_tested_and_shows_what_becomes_of_it(
    open_page: OpenPage, people: Platform, broker: Mosquitto, watch: Watch
) -> None:
    watch.allow("400 (Bad Request)")  # of a topic with something unknown in it
    page = open_page(ADMIN)
    page.goto(PAGE)
    expect(page.get_by_text(NO_BROKERS)).to_be_visible()
    page.get_by_role("button", name="Add a sink").click()
    dialog = page.get_by_role("dialog", name="New sink")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("SCADA")
    dialog.get_by_role("textbox", name="Host").fill("127.0.0.1")
    dialog.get_by_role("textbox", name="Port").fill(str(broker.plain))
    dialog.get_by_role("checkbox", name="TLS").uncheck()
    dialog.get_by_role("textbox", name="Topic").fill("elsewhere/{nonsense}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("nonsense")
    dialog.get_by_role("textbox", name="Topic").fill("plant/{what}")
    dialog.get_by_role("button", name="Save").click()
    expect(row_of(page, "SCADA")).to_contain_text("Nothing published yet")
    [made] = sinks(people)
    assert (made["settings"]["port"], made["settings"]["tls"], made["enabled"]) == (broker.plain, False, True)

    subscriber = Subscriber(broker.plain, "plant/#")
    try:
        row_of(page, "SCADA").get_by_role("button", name="Send a test to SCADA").click()
        expect(page.get_by_role("status").filter(has_text="plant/test")).to_contain_text("SCADA: the broker has")
        [tested] = subscriber.next(1)
        assert tested["test"] is True and made["progress"]["published"] == 0
        alert(people, "Pump")
        assert subscriber.next(1)[0]["what"] == "raised"
    finally:
        subscriber.close()
    expect(row_of(page, "SCADA")).to_contain_text("Publishing", timeout=WITHIN_MS)
    expect(row_of(page, "SCADA")).to_contain_text("1 published")

    broker.stop()
    alert(people, "Fan")
    expect(row_of(page, "SCADA")).to_contain_text("Failing for", timeout=WITHIN_MS)
    expect(row_of(page, "SCADA")).to_contain_text("Connection refused")
    expect(row_of(page, "SCADA")).to_contain_text("1 waiting")
    row_of(page, "SCADA").get_by_role("button", name="Send a test to SCADA").click()
    expect(page.get_by_role("alert")).to_contain_text("SCADA: No connection to 127.0.0.1")
    broker.start()
    expect(row_of(page, "SCADA")).to_contain_text("2 published", timeout=2 * WITHIN_MS)
    expect(row_of(page, "SCADA")).to_contain_text("Last failed")

    page.get_by_role("button", name="SCADA", exact=True).click()
    page.get_by_role("checkbox", name="Publish alarms").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(row_of(page, "SCADA")).to_contain_text("Off")
    page.get_by_role("button", name="SCADA", exact=True).click()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog", name="Delete “SCADA”?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text(NO_BROKERS)).to_be_visible()
    assert sinks(people) == []


def test_a_sink_shows_its_certificate_to_the_broker(open_page: OpenPage, people: Platform, broker: Mosquitto) -> None:
    issued = broker.authority.issue(USER, [])
    page = open_page(ADMIN)
    page.goto(PAGE)
    page.get_by_role("button", name="Add a sink").click()
    dialog = page.get_by_role("dialog", name="New sink")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("SCADA")
    dialog.get_by_role("textbox", name="Host").fill("localhost")
    dialog.get_by_role("textbox", name="Port").fill(str(broker.mutual))
    dialog.get_by_role("textbox", name="Topic").fill("plant/{what}")
    dialog.get_by_role("textbox", name="Certificate authority").fill(broker.ca)
    dialog.get_by_role("textbox", name="Client certificate").fill(issued.certificate.decode())
    dialog.get_by_role("textbox", name="Private key").fill(issued.key.decode())
    dialog.get_by_role("button", name="Save").click()
    expect(row_of(page, "SCADA")).to_contain_text("Certificate valid until")
    page.get_by_role("button", name="SCADA", exact=True).click()
    dialog = page.get_by_role("dialog", name="SCADA")
    expect(dialog.get_by_role("textbox", name="Private key")).to_have_value("")
    dialog.get_by_role("textbox", name="Topic").fill("plant/changed/{what}")
    dialog.get_by_role("button", name="Save").click()
    row_of(page, "SCADA").get_by_role("button", name="Send a test to SCADA").click()
    expect(page.get_by_role("status").filter(has_text="plant/changed/test")).to_contain_text("SCADA: the broker has")


def test_an_engineer_sees_sinks_and_changes_none(open_page: OpenPage, people: Platform, broker: Mosquitto) -> None:
    page = open_page(ENGINEER)
    page.goto(PAGE)
    expect(page.get_by_text("Administrators of this tenant add sinks.")).to_be_visible()
    add(people, "SCADA", **plain(broker))
    page.reload()
    expect(row_of(page, "SCADA")).to_contain_text("Nothing published yet")
    expect(page.get_by_role("button", name="Send a test to SCADA")).to_have_count(0)
    page.get_by_role("button", name="SCADA", exact=True).click()
    dialog = page.get_by_role("dialog", name="SCADA")
    expect(dialog.get_by_role("textbox", name="Host")).to_be_disabled()
    expect(dialog.get_by_role("button", name="Save")).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_sinks_are_readable_and_accessible(
    open_page: OpenPage, people: Platform, broker: Mosquitto, size: tuple[int, int]
) -> None:
    page, schemes = open_page(ADMIN, size), ["light", "dark"]
    wrong: dict[str, Any] = {}

    def look(name: str) -> None:
        settle(page)
        if found := findings_in(page, schemes, unreadable):
            wrong[name] = found
        schemes.reverse()

    page.goto(PAGE)
    expect(page.get_by_text(NO_BROKERS)).to_be_visible()
    look("empty")
    add(people, "SCADA of the cooling plant", **plain(broker))
    add(people, "Maintenance", **plain(broker, port=free_port()))
    servers = ["kafka-1.example.com:9093", "kafka-2.example.com:9093"]
    made = {
        "name": "Data lake",
        "enabled": False,
        "settings": {"kind": "kafka", "servers": servers, "username": "plantrace"},
    }
    assert people.call("POST", BASE, ADMIN, json=made).status_code == 201
    alert(people, f"Chiller {size[0]}")
    page.goto(PAGE)
    expect(row_of(page, "Maintenance")).to_contain_text("Connection refused", timeout=WITHIN_MS)
    expect(row_of(page, "SCADA")).to_contain_text("1 published", timeout=WITHIN_MS)
    look("list")
    page.get_by_role("button", name="Data lake", exact=True).click()
    expect(page.get_by_role("dialog", name="Data lake")).to_be_visible()
    look("kafka")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Add a sink").click()
    look("mqtt")
    assert not wrong, json.dumps(wrong, indent=1)
