"""Alarms: raised by the real evaluator, seen, acted on, and looked up afterwards."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.alarm_loop import (
    RULE,
    clear,
    ensure_rule,
    listed,
    until_evaluated,
    until_listed,
    write,
    write_alternating,
)
from tests.e2e.conftest import PHONE, TABLET, WIDE, Loop, OpenPage, _make_loop, write_morning
from tests.e2e.test_accessibility import wrong_pages
from tests.installation import Platform
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def alarm_loop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """The loop with a rule that its flow breaks, and one that nothing breaks."""
    loop = _make_loop(platform, "loop-alarms", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])
    ensure_rule(platform, loop, RULE, limit=20.0)
    return loop


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
    expect(row).to_contain_text("Unacknowledged")
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
    expect(details.get_by_role("list")).to_contain_text(f"acknowledged ({alarm_loop.person})")

    details.get_by_role("link", name="Open in trends").click()
    ribbon = page.get_by_test_id("alarm-ribbon").get_by_role("img", name=re.compile(RULE))
    expect(ribbon.last).to_be_visible()
    expect(ribbon.last).to_have_attribute("data-priority", "2")
    page.go_back()
    expect(row).to_be_visible()

    write(platform, alarm_loop, 32.0)
    expect(page.get_by_text("No active alarms")).to_be_visible()


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
    expect(mark).to_have_count(1)
    raised = listed(platform, alarm_loop)[0]["raised"]
    assert animation_of(mark) != "none"
    expect(page.get_by_test_id("alarm-bars").locator("[data-priority='2']").last).to_be_visible()

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
    expect(mark).to_have_count(1)


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
    expect(mark).to_have_count(1)
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
    expect(row).to_contain_text("Unacknowledged")
    row.click()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("button", name="Acknowledge")).to_be_disabled()
    expect(details).to_contain_text("You are viewing history. Go to live to act on alarms.")
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


def test_a_rule_is_written_tried_on_the_past_switched_on_and_quietened(
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
    page.get_by_label("On-delay").first.fill("0 s")
    page.get_by_label("Off-delay").first.fill("0 s")
    page.get_by_role("button", name="Back-test", exact=True).click()
    expect(page.get_by_text("It would have raised no alarm in 90 days.")).to_be_visible()
    page.get_by_role("button", name="Switch on…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It would have raised no alarm in 90 days.")
    dialog.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Pressure too high")).to_be_visible()

    clear(platform, alarm_loop)
    write(platform, alarm_loop, 5.0, "PT-101")
    until_listed(platform, alarm_loop, 1)
    write_alternating(platform, alarm_loop, "PT-101", [1.0, 5.0] * 4 + [1.0])
    wait_until(lambda: 5 in counts(platform, alarm_loop), told=lambda: counts(platform, alarm_loop))
    until_evaluated(platform, alarm_loop)
    page.get_by_role("navigation", name="Alarms").get_by_role("link", name="Performance").click()
    actor = page.get_by_role("listitem").filter(has_text="Pressure too high")
    expect(actor).to_contain_text("5 alarms")
    actor.get_by_role("button", name="Simulate").click()
    expect(actor.get_by_role("status")).to_have_text("With an off-delay of 30 s 1 of 5 alarms in 30 days would remain.")
    actor.get_by_role("button", name="Apply").click()
    expect(actor.get_by_role("status")).to_have_text("Applied as a new version of the rule.")
    admin = "admin-of-alarms"
    platform.ensure_person(admin, alarm_loop.slug, "admin")
    [entry] = platform.get("/api/v1/audit", admin, action="alarm-rules.quieten").json()["results"]
    assert (entry["detail"]["version"], entry["detail"]["change"]["off_delay_s"]) == (2, 30)
    clear(platform, alarm_loop)
    page.get_by_role("navigation", name="Alarms").get_by_role("link", name="Rules").click()
    page.get_by_role("table", name="Rules").get_by_text("Pressure too high").click()
    override = page.get_by_role("group", name="At PT-101", exact=True)
    expect(override.get_by_label("Off-delay")).to_have_value("30\u202fs")
    page.get_by_label("On-delay").first.fill("5 min")
    page.get_by_label("Why").last.fill("Start-up peaks")
    page.get_by_role("button", name="Save", exact=True).click()
    versions = page.get_by_role("list").filter(has_text="v3")
    expect(versions).to_contain_text("Proposed by the performance page")
    expect(versions).to_contain_text("Start-up peaks")
    expect(versions).to_contain_text("Changed: on-delay")
    rules = platform.get("/api/v1/rules", alarm_loop.person).json()["results"]
    [stored] = [rule for rule in rules if "Pressure" in rule["name"]]
    assert (stored["enabled"], stored["on_delay_s"], stored["version"]) == (True, 300, 3)
    assert [each["off_delay_s"] for each in stored["overrides"]] == [30]
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the rule").click()
    expect(page.get_by_role("table", name="Rules")).not_to_contain_text("Pressure too high")


def test_rules_are_exchanged_as_yaml_and_the_matrix_gives_them_other_priorities(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop
) -> None:
    admin = "admin-of-alarms"
    platform.ensure_person(admin, alarm_loop.slug, "admin")
    page = open_page(admin)
    page.goto(f"/t/{alarm_loop.slug}/alarms/rules")
    page.get_by_role("button", name="YAML…").click()
    dialog = page.get_by_role("dialog", name="Rules as YAML")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export all rules").click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "alarm-rules.yaml" and RULE in text
    dialog.get_by_label("Rules to import").fill(text.replace(RULE, "Flow far too low").replace("20.0", "oops"))
    dialog.get_by_role("button", name="Check").click()
    expect(dialog.get_by_role("button", name="Import")).to_be_disabled()
    dialog.get_by_label("Rules to import").fill(text.replace(RULE, "Flow far too low").replace("20.0", "5.0"))
    dialog.get_by_role("button", name="Check").click()
    expect(dialog.get_by_role("status")).to_contain_text("Would add 1, change 0, leave 0; refused: 0.")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("status")).to_contain_text("Added 1, changed 0, left 0; refused: 0.")
    page.keyboard.press("Escape")
    rules = page.get_by_role("table", name="Rules")
    expect(rules.get_by_role("row").filter(has_text="Flow far too low").get_by_role("img")).to_have_accessible_name(
        "Priority 2"
    )

    before = platform.get("/api/v1/alarm-settings", admin).json()
    page.get_by_role("button", name="Priorities…").click()
    dialog = page.get_by_role("dialog", name="Priorities and journal")
    dialog.get_by_label("Severe, 10 to 30 min").and_(dialog.locator("input")).click()
    page.get_by_role("option", name="1", exact=True).click()
    dialog.get_by_role("button", name="Save").click()
    expect(rules.get_by_role("row").filter(has_text="Flow far too low").get_by_role("img")).to_have_accessible_name(
        "Priority 1"
    )
    after = platform.get("/api/v1/alarm-settings", admin).json()
    assert after["matrix"]["severe"]["10_to_30_min"] == 1
    restored = {**after, "matrix": before["matrix"]}
    assert platform.call("PUT", "/api/v1/alarm-settings", admin, json=restored).ok
    for rule in platform.get("/api/v1/rules", admin).json()["results"]:
        if rule["name"] == "Flow far too low":
            gone = {"If-Match": f'"{rule["revision"]}"'}
            assert platform.call("DELETE", f"/api/v1/rules/{rule['id']}", admin, headers=gone).ok


def counts(platform: Platform, loop: Loop) -> list[int]:
    """How often each bad actor was raised."""
    found = platform.get("/api/v1/alarms/performance", loop.person).json()["bad_actors"]
    return [each["count"] for each in found]


PAGES = ["alarms", "alarms/shelved", "alarms/rules", "alarms/rules?rule=new", "alarms/performance", "alarms/journal"]


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_every_part_is_readable_and_accessible_in_both_schemes(
    open_page: OpenPage, platform: Platform, alarm_loop: Loop, size: tuple[int, int]
) -> None:
    write(platform, alarm_loop, 11.0)
    until_listed(platform, alarm_loop, 1)
    key = listed(platform, alarm_loop)[0]["key"]
    addresses = [f"/t/{alarm_loop.slug}/{each}" for each in [f"alarms?alarm={key}", *PAGES]]
    page = open_page(alarm_loop.person, size)
    wrong = wrong_pages(page, addresses)
    assert not wrong, json.dumps(wrong, indent=1)
    widths = page.get_by_role("table", name="Journal").evaluate(
        "(each) => [each.scrollWidth, each.parentNode.clientWidth]"
    )
    assert widths[0] <= widths[1], "the journal's columns are all in view"


def test_a_flood_is_said_and_grouped_by_cause(open_page: OpenPage, platform: Platform, alarm_loop: Loop) -> None:
    """The last test here: a flood lasts for some minutes. The motor drives the pump, so its alarm is the cause."""
    clear(platform, alarm_loop)
    [site] = platform.get("/api/v1/sites", alarm_loop.person).json()["results"]
    page = open_page(alarm_loop.person)
    page.goto(f"/t/{alarm_loop.slug}/alarms")
    now = time.time()
    first, later = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t)) for t in (now - 60, now))

    def send(status: str) -> None:
        alerts = [
            {
                "status": status,
                "labels": {
                    "alertname": f"Node {n} is down", "severity": "warning", "site": site["slug"],
                    "asset": "PUMP" if n else "MOTOR",
                },
                "annotations": {}, "startsAt": later if n else first,
                "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else later,
                "generatorURL": "", "fingerprint": f"f{n}",
            }
            for n in range(12)
        ]  # fmt: skip
        body = {
            "receiver": "plantrace", "status": status, "alerts": alerts, "groupLabels": {}, "commonLabels": {},
            "commonAnnotations": {}, "externalURL": "", "version": "4", "groupKey": "g", "truncatedAlerts": 0,
        }  # fmt: skip
        response = platform.call("POST", "/api/v1/alertmanager", alarm_loop.person, json=body)
        assert response.ok, response.text

    send("firing")
    flood = page.get_by_role("status").filter(has_text="Alarm flood.")
    expect(flood).to_contain_text("The list is grouped by cause")
    cause = row_of(page, "Node 0 is down")
    expect(cause).to_be_visible()
    expect(row_of(page, "Node 11 is down")).to_have_count(0)
    cause.get_by_role("button", name="11 consequences").click()
    expect(row_of(page, "Node 11 is down")).to_contain_text("consequence of MOTOR")
    send("resolved")
    kept = [alarm["key"] for alarm in listed(platform, alarm_loop, view="all")]
    assert platform.call("POST", "/api/v1/alarms/acknowledge", alarm_loop.person, json={"keys": kept}).ok
