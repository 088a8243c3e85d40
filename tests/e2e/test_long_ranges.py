"""Ranges of years: the source of points, their statistics, and playback."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.acts import number
from tests.e2e.conftest import Loop, OpenPage

YEAR = 365 * 86_400_000


def open_decade(page: Page, loop: Loop, sensors: str, more: str = "") -> None:
    start = loop.start - 9 * YEAR
    page.goto(f"/t/{loop.slug}/trends?sensors={sensors}&start={start}&end={start + 10 * YEAR}{more}")


def test_ten_years_are_drawn_from_a_rung_and_the_footer_says_so(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    foot = page.get_by_test_id("foot")
    for _ in range(30):  # until the ladder knows of the sensors, so few samples are read themselves
        open_decade(page, written_loop, "TT-101")
        expect(foot).to_contain_text("points of 2,400 samples")
        if "rung" in foot.inner_text():
            break
        page.wait_for_timeout(1000)
    expect(foot).to_contain_text(re.compile(r"points of 2,400 samples, from the 2-day rung"))
    # What is late is asked again until it is worked in.
    expect(foot).not_to_contain_text("late samples", timeout=60_000)


def test_a_range_of_years_is_two_clicks_away(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=TT-101")
    page.get_by_test_id("range").click()
    page.get_by_role("group", name="Last").get_by_role("button", name="10 y").click()
    expect(page).to_have_url(re.compile("range=10y"))
    expect(page.get_by_test_id("foot")).to_contain_text("of 2,400 samples")


def test_statistics_of_the_range_are_a_click_away_and_can_be_saved(
    open_page: OpenPage, written_loop: Loop, tmp_path: Path
) -> None:
    page = open_page(written_loop.person)
    morning = f"start={written_loop.start}&end={written_loop.end + 1000}"
    page.goto(f"/t/{written_loop.slug}/trends?sensors=TT-101,YA-101&{morning}")
    page.get_by_role("group", name="Pane").get_by_role("button", name="Statistics").click()
    temperature = page.get_by_role("region", name="Statistics of TT-101")
    for name, value in (("Samples", "2,400"), ("Min", "79 °C"), ("Max", "79 °C"), ("Mean", "79 °C")):
        expect(temperature.get_by_role("row", name=re.compile(f"^{name}"))).to_contain_text(value)
    label = page.get_by_role("region", name="Statistics of YA-101")
    marked = label.get_by_role("row", name=re.compile("^Marked")).locator("td").first
    assert number(marked.inner_text()) == 10.0  # four minutes of forty
    page.get_by_label("Percentiles").fill("50, 99.9")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(temperature.get_by_role("row", name=re.compile(r"^P99\.9"))).to_contain_text("79 °C")

    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    rows = {row["sensor"]: row for row in csv.DictReader(file.read_text().splitlines())}
    assert (rows["TT-101"]["samples"], rows["TT-101"]["P50"], rows["TT-101"]["unit"]) == ("2400", "79", "°C")
    assert rows["YA-101"]["seconds Marked"] == "240"


def test_clicking_the_maximum_moves_the_cursor_there(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_decade(page, written_loop, "IT-101", "&pane=statistics")
    largest = page.get_by_role("region", name="Statistics of IT-101").get_by_role("row", name=re.compile("^Max"))
    largest.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"[?&]c=\d+"))
    found = re.search(r"[?&]c=(\d+)", page.url)
    assert found and written_loop.start <= int(found.group(1)) <= written_loop.end


def test_years_of_the_plant_are_played_back_from_columns(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    with page.expect_response("**/playback*") as answered:
        page.goto(f"/t/{written_loop.slug}/plant?at={written_loop.closed}")
    assert answered.value.body()[:4] == b"PTP1"
    with page.expect_response("**/playback*") as answered:
        page.get_by_role("group", name="Time span").get_by_role("button", name="Custom").click()
        page.get_by_role("textbox", name="Time span").fill("5y")
        page.keyboard.press("Enter")
    assert answered.value.ok
    expect(page).to_have_url(re.compile("span=5y"))
    head = page.get_by_role("slider", name="Moment")
    low, high = (int(head.get_attribute(f"aria-value{name}") or 0) for name in ("min", "max"))
    assert high - low == 5 * YEAR
