"""Alarms: raised by the real evaluator, seen, acted on, and looked up afterwards."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
import redis
from playwright.sync_api import Locator, Page, expect

from stores.redis.streams import WAITING
from tests.e2e.conftest import TABLET, WIDE, Loop, OpenPage, _make_loop, write_morning
from tests.e2e.test_accessibility import OF_COLOURS, findings
from tests.e2e.test_pages import FAINT, settle, show_in
from tests.e2e.test_phone import CLIPPED
from tests.installation import Platform

PHONE = (390, 844)
SOON_MS = 20_000
RULE = "Flow too low"


@pytest.fixture(scope="module")
def alarm_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """The loop with a rule that its flow breaks, and one that nothing breaks."""
    loop = _make_loop(platform, "loop-alarms", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])
    ensure_rule(platform, loop, RULE, limit=20.0)
    return loop


def ensure_rule(platform: Platform, loop: Loop, name: str, *, tag: str = "FT-101", limit: float) -> None:
    known = platform.get("/api/v1/rules", loop.person).json()["results"]
    if name in [rule["name"] for rule in known]:
        return
    rule = {
        "name": name, "applies": {"sensors": [tag]}, "trigger": {"kind": "limit", "side": "low", "limit": limit},
        "consequence": "severe", "urgency": "10_to_30_min", "instruction": "Open the hand valve.", "enabled": True,
    }  # fmt: skip
    response = platform.call("POST", "/api/v1/rules", loop.person, json=rule)
    assert response.status_code == 201, response.text


def write(platform: Platform, loop: Loop, value: float, tag: str = "FT-101") -> None:
    site = platform.get("/api/v1/sites", loop.person).json()["results"][0]["slug"]
    response = platform.call("POST", "/write", loop.person, data=f"{site},sensor={tag} value={value}")
    assert response.status_code == 204, response.text


def listed(platform: Platform, loop: Loop, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = platform.get("/api/v1/alarms", loop.person, **query).json()["alarms"]
    return found


def until_listed(platform: Platform, loop: Loop, count: int) -> None:
    deadline = time.monotonic() + SOON_MS / 1000
    while len(found := listed(platform, loop)) != count:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def until_evaluated(platform: Platform, loop: Loop) -> None:
    """Nothing that was sent waits any more, neither for InfluxDB nor for the alarms."""
    tenant = platform.get(f"/api/v1/tenants/{loop.slug}", "operator").json()["id"]
    deadline = time.monotonic() + SOON_MS / 1000
    with redis.Redis.from_url(platform.home.redis_url) as client:
        while int(client.get(f"pt:{tenant}:{WAITING}") or 0):
            assert time.monotonic() < deadline, "samples wait"
            time.sleep(0.05)


def clear(platform: Platform, loop: Loop) -> None:
    """Nothing is active or shelved."""
    write(platform, loop, 32.0)
    until_evaluated(platform, loop)
    kept = listed(platform, loop, view="all")
    for action, body in (("unshelve", {}), ("in-service", {}), ("acknowledge", {})):
        if kept:
            keys = [alarm["key"] for alarm in kept]
            platform.call("POST", f"/api/v1/alarms/{action}", loop.person, json={"keys": keys, **body})
    until_listed(platform, loop, 0)


def row_of(page: Page, name: str = RULE) -> Locator:
    return page.get_by_test_id("alarms").get_by_role("row").filter(has_text=name)


def test_an_alarm_comes_by_itself_is_acknowledged_by_a_key_and_is_gone_when_it_has_returned(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    clear(platform, alarm_loop)
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms")
    expect(page.get_by_text("No active alarms")).to_be_visible()
    write(platform, alarm_loop, 11.0)
    row = row_of(page)
    expect(row).to_contain_text("Unacknowledged", timeout=SOON_MS)
    expect(row.get_by_role("img", name="Priority 2")).to_be_visible()
    expect(page.get_by_test_id("alarm-count")).to_contain_text("1 unacknowledged")

    page.keyboard.press("j")
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("Open the hand valve.")
    expect(details.get_by_role("img", name="Trend of FT-101 with the limit")).to_be_visible()
    page.keyboard.press("a")
    expect(row).to_contain_text("Acknowledged")
    expect(row).to_contain_text(alarm_loop.person)
    expect(page.get_by_test_id("alarm-count")).to_have_count(0)
    expect(details.get_by_role("list")).to_contain_text(f"acknowledged ({alarm_loop.person})", timeout=SOON_MS)

    write(platform, alarm_loop, 32.0)
    expect(page.get_by_text("No active alarms")).to_be_visible(timeout=SOON_MS)


def test_an_alarm_is_shelved_with_a_reason_and_comes_back(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    clear(platform, alarm_loop)
    write(platform, alarm_loop, 11.0)
    until_listed(platform, alarm_loop, 1)
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms")
    row_of(page).click()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Shelve")
    expect(dialog.get_by_role("button", name="Shelve")).to_be_disabled()
    dialog.get_by_label("Reason").fill("Valve is exercised")
    dialog.get_by_role("button", name="Shelve").click()
    expect(page.get_by_text("No active alarms")).to_be_visible()
    page.get_by_role("navigation", name="Alarms").get_by_role("link", name="Shelved").click()
    row = row_of(page)
    expect(row).to_contain_text("Valve is exercised")
    row.click()
    page.get_by_role("complementary", name="Details").get_by_role("button", name="Unshelve").click()
    expect(page.get_by_text("Nothing is shelved")).to_be_visible()
    assert [alarm["name"] for alarm in listed(platform, alarm_loop)] == [RULE]
    clear(platform, alarm_loop)


def test_home_drawing_and_time_bar_show_it_live_and_at_its_moment(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    clear(platform, alarm_loop)
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/plant")
    mark = page.get_by_test_id("symbol-alarm")
    expect(page.get_by_test_id("schematic")).to_be_visible()
    write(platform, alarm_loop, 11.0)
    expect(mark).to_have_count(1, timeout=SOON_MS)
    raised = listed(platform, alarm_loop)[0]["raised"]
    assert animation_of(mark) != "none"
    expect(page.get_by_test_id("alarm-bars").locator("[data-priority='2']").last).to_be_visible(timeout=SOON_MS)

    page.goto(f"/t/{alarm_loop.slug}/home")
    needs = page.get_by_role("table", name="What needs you")
    expect(needs).to_contain_text(RULE)
    needs.get_by_role("link", name=re.compile("See it")).click()
    expect(page.get_by_role("complementary", name="Details")).to_contain_text(RULE)
    page.keyboard.press("a")
    expect(row_of(page)).to_contain_text("Acknowledged")
    page.get_by_role("link", name="Show on schematic").click()
    expect(mark).to_have_count(1)
    assert animation_of(mark) == "none", "it flashes only while it is unacknowledged"

    clear(platform, alarm_loop)
    page.goto(f"/t/{alarm_loop.slug}/plant")
    expect(mark).to_have_count(0)
    page.goto(f"/t/{alarm_loop.slug}/plant?at={raised + 100}&span=1h")
    expect(mark).to_have_count(1, timeout=SOON_MS)


def animation_of(mark: Locator) -> str:
    return str(mark.locator("svg").evaluate("svg => getComputedStyle(svg).animationName"))


def test_nothing_flashes_where_people_prefer_no_motion(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    clear(platform, alarm_loop)
    write(platform, alarm_loop, 11.0)
    until_listed(platform, alarm_loop, 1)
    page = open_page(alarm_loop.person)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/t/{alarm_loop.slug}/plant")
    mark = page.get_by_test_id("symbol-alarm")
    expect(mark).to_have_count(1, timeout=SOON_MS)
    assert animation_of(mark) == "none"
    clear(platform, alarm_loop)


def test_a_past_moment_shows_the_list_as_it_was_and_cannot_be_acted_on(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    clear(platform, alarm_loop)
    write(platform, alarm_loop, 11.0)
    until_listed(platform, alarm_loop, 1)
    raised = listed(platform, alarm_loop)[0]["raised"]
    time.sleep(0.5)  # it is active for so long
    clear(platform, alarm_loop)
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms?at={raised + 1}")
    row = row_of(page)
    expect(row).to_contain_text("Unacknowledged", timeout=SOON_MS)
    row.click()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("button", name="Acknowledge")).to_be_disabled()
    expect(details).to_contain_text("This is the past: go back to live to act on alarms.")
    page.keyboard.press("a")
    page.goto(f"/t/{alarm_loop.slug}/alarms/journal")
    journal = page.get_by_role("table", name="Journal")
    journal.get_by_role("row").filter(has_text="raised").first.get_by_role("button").click()
    expect(page.get_by_test_id("badge")).to_contain_text("HISTORY")


def test_a_link_that_names_no_priority_says_so(open_page: OpenPage, alarm_loop: Loop) -> None:
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms?priority=2,high")
    notice = page.get_by_role("alert").filter(has_text="“high” in the link is not a priority")
    expect(notice).to_contain_text("Showing only 2 instead.")
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_have_count(0)
    expect(page).to_have_url(re.compile(r"priority=2(&|$)"))


def test_a_rule_is_written_tried_on_the_past_and_switched_on(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms/rules")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Name").fill("Pressure too high")
    sensors = page.get_by_label("Sensors", exact=True).and_(page.locator("input")).first
    sensors.fill("PT-101")
    sensors.press("Enter")
    expect(page.get_by_text("Still missing: Limit.")).to_be_visible()
    page.get_by_label("Limit", exact=True).fill("4.5")
    page.get_by_role("button", name="Back-test", exact=True).click()
    expect(page.get_by_text("It would have raised no alarm in 90 days.")).to_be_visible(timeout=SOON_MS)
    page.get_by_role("button", name="Switch on…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It would have raised no alarm in 90 days.", timeout=SOON_MS)
    dialog.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Pressure too high")).to_be_visible()
    page.get_by_label("On-delay").first.fill("5 min")
    page.get_by_label("Why").first.fill("Start-up peaks")
    page.get_by_role("button", name="Save", exact=True).click()
    versions = page.get_by_role("list").filter(has_text="v2")
    expect(versions).to_contain_text("Start-up peaks")
    expect(versions).to_contain_text("Changed: on-delay")
    rules = platform.get("/api/v1/rules", alarm_loop.person).json()["results"]
    [stored] = [rule for rule in rules if "Pressure" in rule["name"]]
    assert (stored["enabled"], stored["on_delay_s"], stored["version"]) == (True, 300, 2)
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the rule").click()
    expect(page.get_by_role("table", name="Rules")).not_to_contain_text("Pressure too high")


PAGES = ["alarms", "alarms/shelved", "alarms/journal", "alarms/rules", "alarms/rules?rule=new", "alarms/performance"]


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_every_part_is_readable_and_accessible_in_both_schemes(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop, size: tuple[int, int]
) -> None:
    write(platform, alarm_loop, 11.0)
    until_listed(platform, alarm_loop, 1)
    key = listed(platform, alarm_loop)[0]["key"]
    page, schemes = open_page(alarm_loop.person, size), ["light", "dark"]
    wrong: dict[str, Any] = {}
    for name in [*PAGES, f"alarms?alarm={key}"]:
        page.goto(f"/t/{alarm_loop.slug}/{name}")
        settle(page)
        page.wait_for_timeout(500)
        for scheme in schemes:
            show_in(page, scheme)
            found = [*findings(page, None if scheme == schemes[0] else OF_COLOURS), *page.evaluate(FAINT)]
            if size == PHONE:
                found += page.evaluate(CLIPPED)
                if page.evaluate("document.documentElement.scrollWidth") > PHONE[0]:
                    found.append("wider than the phone")
            if found:
                wrong[f"{name}, {scheme}"] = found
        schemes.reverse()  # the next page is loaded in the scheme of this one
    assert not wrong, json.dumps(wrong, indent=1)
