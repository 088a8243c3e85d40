"""Sources: created from the flow, watched, paused so that senders come back, resumed and deleted."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from demo.skab import SKAB
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_flow import send
from tests.installation import Platform
from tests.waiting import wait_until


def test_a_source_is_created_watched_paused_resumed_and_deleted(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("400")
    person = written_loop.person
    tag = platform.get("/api/v1/sensors", person, limit=1).json()["results"][0]["tag"].replace(" ", "\\ ")

    def sample(value: int) -> str:
        return f"{SKAB.slug},sensor={tag} value={value} {time.time_ns()}"

    page = open_page(person)
    page.goto(f"/t/{written_loop.slug}/data")
    page.get_by_role("button", name="New source").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Press line 4")
    dialog.get_by_role("button", name="Create source").click()
    details = page.get_by_role("complementary")
    expect(details.get_by_role("heading", name="Press line 4")).to_be_visible()
    expect(details).to_contain_text("None yet")

    page.get_by_role("group", name="Data flow").get_by_role("button", name="InfluxDB line protocol").click()
    details.get_by_role("button", name="Watch").click()
    arrivals = page.get_by_role("list", name="Arrivals")

    def is_shown() -> bool:
        assert send(platform, person, sample(77)) == 204
        page.wait_for_timeout(500)
        return arrivals.get_by_text("value=77").count() > 0

    wait_until(is_shown, told=lambda: "what arrives is not shown")
    page.get_by_role("button", name="Hold").click()
    page.get_by_label("Filter", exact=True).fill("nothing like it")
    expect(arrivals).to_contain_text("No line matches")
    page.get_by_role("button", name="Stop watching").click()

    details.get_by_role("button", name="Pause…").click()
    dialog.get_by_role("button", name="Pause").click()
    expect(details).to_contain_text("Paused by")
    assert send(platform, person, sample(78)) == 503
    attention = page.get_by_role("table", name="Needs attention")
    expect(attention).to_contain_text("InfluxDB line protocol was paused by")
    details.get_by_role("button", name="Resume").click()
    expect(attention.get_by_text("was paused by")).to_have_count(0)
    assert send(platform, person, sample(79)) == 204

    page.get_by_role("group", name="Data flow").get_by_role("button", name="Press line 4").click()
    details.get_by_role("button", name="Delete…").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Press line 4")).to_have_count(0)
