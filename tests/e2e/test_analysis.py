"""Totals, calculated series and runs, in the browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import TABLET, Loop, OpenPage, Watch


def test_totals_of_a_sensor_are_bars_and_a_table(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&start={written_loop.start}&end={written_loop.end}")
    page.get_by_role("link", name="Analysis").click()
    expect(page).to_have_url(re.compile("/trends/totals"))
    page.goto(f"/t/{written_loop.slug}/trends/totals?sensor=FT-101&range=2d&by=hour&until={written_loop.end}")
    expect(page.get_by_test_id("totals-chart")).to_be_visible()
    rows = page.get_by_test_id("totals-table").locator("tbody tr")
    filled = rows.filter(has_text="6 May 2024 10:00").or_(rows.filter(has_text="6 May 2024 12:00"))
    expect(filled.first).to_contain_text("2,400")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    saved = tmp_path / "totals.csv"
    download.value.save_as(saved)
    lines = list(csv.DictReader(saved.read_text().splitlines()))
    assert sum(int(line["samples"]) for line in lines) == 2_400
    page.get_by_role("group", name="Per").get_by_role("button", name="day").click()
    expect(page.get_by_test_id("totals-table")).to_contain_text("Mon 6 May 2024")


def test_time_in_states_is_stacked(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, TABLET, "dark")
    page.goto(f"/t/{written_loop.slug}/trends/totals?sensor=YA-101&range=2d&by=hour&until={written_loop.end}")
    expect(page.get_by_test_id("totals-table")).to_contain_text("Marked (h)")
    expect(page.get_by_test_id("totals-chart")).to_be_visible()


def test_a_calculated_series_is_written_checked_and_shown_in_trends(
    open_page: OpenPage, edited_loop: Loop, watch: Watch
) -> None:
    watch.allow("400 (Bad Request)")  # what is wrong is said while it is written
    page = open_page(edited_loop.person)
    page.goto(f"/t/{edited_loop.slug}/trends/calculated")
    page.get_by_role("button", name="New calculated series").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Twice the flow")
    expression = page.get_by_role("textbox", name="Expression", exact=True)
    expression.fill("{FT-101} + 1")
    expect(page.get_by_role("alert")).to_contain_text("Give numbers their unit")
    expression.fill("{FT-101} * 2")
    expect(page.get_by_text("Valid; the result is in")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    row = page.get_by_test_id("calculated-table").locator("tbody tr")
    expect(row).to_contain_text("{FT-101} * 2")
    row.get_by_role("link", name="Open in trends").click()
    expect(page).to_have_url(re.compile("/trends\\?.*sensors="))
    page.goto(f"{page.url}&start={edited_loop.start}&end={edited_loop.end}")
    expect(page.get_by_test_id("value-Twice the flow")).to_be_visible()
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    page.get_by_test_id("value-Twice the flow").get_by_role("link").click()
    page.get_by_role("textbox", name="Expression", exact=True).fill("{FT-101} * 3")
    page.get_by_label("Note").fill("Three pumps")
    expect(page.get_by_text("Valid; the result is in")).to_be_visible()
    page.get_by_role("button", name="Save version").click()
    expect(row).to_contain_text("{FT-101} * 3")
    row.get_by_role("button", name="Twice the flow").click()
    expect(page.get_by_role("table", name="Versions")).to_contain_text("Three pumps")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good?").click()
    expect(page.get_by_text("No calculated series yet")).to_be_visible()


def test_runs_are_defined_compared_overlaid_and_marked(open_page: OpenPage, edited_loop: Loop) -> None:
    page = open_page(edited_loop.person)
    page.goto(f"/t/{edited_loop.slug}/trends/runs?range=2d&at={edited_loop.end + 3_600_000}")
    page.get_by_role("button", name="Define runs").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Valve closed")
    page.get_by_role("combobox", name="Sensor", exact=True).click()
    page.get_by_role("option", name=re.compile("YA-101")).click()
    page.get_by_label("In these states").first.click()
    page.get_by_role("option", name="Marked").click()
    page.keyboard.press("Escape")
    page.get_by_label("Figures of").first.click()
    page.get_by_role("option", name=re.compile("FT-101")).click()
    page.keyboard.press("Escape")
    page.get_by_label("Compared by").first.click()
    page.get_by_role("option", name="Duration").click()
    page.get_by_role("button", name="Create").click()
    rows = page.get_by_test_id("runs-table").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("4 min")
    expect(rows).to_contain_text("best")
    expect(page.get_by_test_id("overlay-chart").locator("path")).to_have_count(1)
    page.get_by_label("Start", exact=True).fill(str(edited_loop.start))
    page.get_by_label("End", exact=True).fill(str(edited_loop.start + 600_000))
    page.get_by_label("Note").fill("Before")
    page.get_by_role("button", name="Mark a run").click()
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Before")).to_contain_text("best")
    expect(page.get_by_test_id("overlay-chart").locator("path")).to_have_count(2)
    rows.filter(has_text="Before").get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good?").click()
    expect(page.get_by_text("No runs defined yet")).to_be_visible()
