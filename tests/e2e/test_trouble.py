"""What the pages show when something is down, and that they recover."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.installation import Platform


def test_the_page_names_the_part_that_is_down_until_it_is_back(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("503")
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/data")
    expect(page.locator("#main")).to_be_visible()
    expect(page.get_by_test_id("health")).to_have_count(0)
    platform.supervisor.stop_program("writer")
    try:
        expect(page.get_by_test_id("health")).to_contain_text("ingest writer is down", timeout=15_000)
    finally:
        platform.supervisor.start_program("writer")
    expect(page.get_by_test_id("health")).to_have_count(0, timeout=30_000)


def test_an_unreachable_server_is_reported_and_retried(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("Failed to load resource")
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/home")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    page.context.set_offline(True)
    expect(page.get_by_test_id("health")).to_contain_text("Server not reachable", timeout=15_000)
    expect(page.get_by_test_id("badge")).to_contain_text("NO CONNECTION")
    page.context.set_offline(False)
    expect(page.get_by_test_id("health")).to_have_count(0, timeout=15_000)
    expect(page.get_by_test_id("badge")).to_contain_text(re.compile(r"LIVE.*\d\d:\d\d:\d\d"))


def test_a_page_opened_without_a_connection_appears_with_it(
    open_page: OpenPage, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("Failed to load resource")
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/home")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    page.route(re.compile("/assets/Members-"), lambda route: route.abort())  # which may be in the browser's cache
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: "/assets/Members-" in request.url):
        page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
    expect(page.get_by_test_id("health")).to_contain_text("Server not reachable")
    expect(page.get_by_role("heading", name="People", exact=True)).to_have_count(0)
    page.unroute_all()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)")


def test_what_a_page_can_do_without_takes_nothing_with_it_if_it_cannot_be_loaded(
    open_page: OpenPage, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("Failed to load resource")
    watch.allow("dynamically imported module")
    page = open_page(written_loop.person)
    with page.expect_event("requestfailed"):
        page.route(re.compile(r"/assets/AlarmBadge-"), lambda route: route.abort())
        page.goto(f"/t/{written_loop.slug}/home")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()


def test_a_page_older_than_the_server_says_so(open_page: OpenPage, written_loop: Loop, watch: Watch) -> None:
    watch.allow("Failed to load resource")
    watch.allow("dynamically imported module")
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/home")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    page.route(re.compile(r"/assets/Members-"), lambda route: route.fulfill(status=404))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
    expect(page.get_by_text("Plantrace was updated")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()


def test_a_range_that_cannot_be_read_shows_what_would_work(
    open_page: OpenPage, written_loop: Loop, watch: Watch
) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=NO-SUCH-TAG,FT-101&range=nonsense")
    expect(page.get_by_text("Not a sensor of this site")).to_contain_text("NO-SUCH-TAG")
    expect(page.get_by_role("group", name="Range").get_by_role("button", pressed=True)).to_have_text("8 h")


def test_names_of_javascript_in_an_address_are_nonsense_as_any_other(
    open_page: OpenPage, platform: Platform, written_loop: Loop
) -> None:
    platform.call("POST", "/api/v1/devices", written_loop.person, json={"name": "Press 8"})
    page = open_page(written_loop.person)
    for address, shown in (
        ("alarms/notifications?view=constructor", "Routes"),
        ("alarms/performance?span=constructor", re.compile(r"^7\sd$")),
    ):
        page.goto(f"/t/{written_loop.slug}/{address}")
        expect(page.locator("#main [aria-pressed=true]").get_by_text(shown, exact=True)).to_be_visible()
    page.goto(f"/t/{written_loop.slug}/alarms/journal?span=toString")
    expect(page.get_by_role("combobox", name="Range")).to_have_value(re.compile(r"^Last 7\sd$"))
    page.goto(f"/t/{written_loop.slug}/data/devices?state=valueOf")
    expect(page.get_by_role("group", name="State").get_by_role("button", name="All", pressed=True)).to_be_visible()
    expect(page.get_by_role("table", name="Devices").get_by_role("row", name="Press 8")).to_be_visible()
    page.goto(f"/t/{written_loop.slug}/trends/constructor")
    expect(page.get_by_text("Page not found")).to_be_visible()
