"""Totals, calculated series and runs, in the browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import TABLET, Loop, OpenPage, Watch
from tests.installation import Platform


def test_totals_of_a_sensor_are_bars_and_a_table(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&start={written_loop.start}&end={written_loop.end}")
    page.get_by_role("button", name="View ▾").click()
    page.get_by_role("menuitem", name="Totals, calculated series, runs").click()
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


def test_a_definition_of_runs_is_edited(open_page: OpenPage, edited_loop: Loop) -> None:
    page = open_page(edited_loop.person)
    page.goto(f"/t/{edited_loop.slug}/trends/runs?range=2d&at={edited_loop.end + 3_600_000}&runs=new")
    page.get_by_role("textbox", name="Name", exact=True).fill("High flow")
    page.get_by_role("group", name="Found by").get_by_role("button", name="Limit").click()
    page.get_by_role("combobox", name="Sensor", exact=True).click()
    page.get_by_role("option", name=re.compile("FT-101")).click()
    page.get_by_label("Above (L/min)").fill("1,000")
    page.get_by_label("At least (minutes)").fill("0.5")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("FT-101 above 1000")).to_be_visible()
    expect(page.get_by_text("No runs in this range")).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_label("Above (L/min)")).to_have_value("1000")
    expect(page.get_by_label("At least (minutes)")).to_have_value("0.5")
    page.get_by_label("Above (L/min)").fill("25")
    page.get_by_role("textbox", name="Name", exact=True).fill("Flow above 25")
    page.get_by_label("Description").fill("While the loop runs")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Flow above 25")).to_be_visible()
    expect(page.get_by_text("While the loop runs")).to_be_visible()
    expect(page.get_by_text("for at least 30")).to_be_visible()
    expect(page.get_by_test_id("runs-table").locator("tbody tr").first).to_be_visible()
    delete_definition(page)


def test_a_run_is_marked_from_the_reference_to_the_cursor_on_the_trend(
    open_page: OpenPage, edited_loop: Loop, platform: Platform
) -> None:
    page = open_page(edited_loop.person)
    loop = edited_loop
    trend = f"/t/{loop.slug}/trends?sensors=FT-101&start={loop.start}&end={loop.end}"
    page.goto(f"{trend}&c={loop.closed}&ref={loop.before}")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    page.get_by_role("button", name="Mark as run…").click()
    dialog = page.get_by_role("dialog", name="Mark a run")
    expect(dialog).to_contain_text("No runs defined yet")
    dialog.get_by_role("link", name="Define runs").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Tests")
    page.get_by_role("group", name="Found by").get_by_role("button", name="By hand").click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("No runs in this range")).to_be_visible()

    page.goto(f"{trend}&c={loop.closed}&ref={loop.before}")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    page.keyboard.press("k")
    dialog.get_by_label("Note").fill("Valve test")
    dialog.get_by_role("button", name="Mark run").click()
    expect(dialog).to_contain_text("Marked as a run of “Tests”")
    definition = platform.get("/api/v1/run-definitions", loop.person).json()["results"][0]["id"]
    span = f"start={loop.start}&end={loop.end}"
    (run,) = platform.get(f"/api/v1/run-definitions/{definition}/runs?{span}", loop.person).json()["results"]
    second = 1000
    assert (run["start"] // second, run["end"] // second) == (loop.before // second, loop.closed // second)
    assert run["note"] == "Valve test"
    dialog.get_by_role("link", name="Show its runs").click()
    expect(page.get_by_test_id("runs-table")).to_contain_text("Valve test")
    delete_definition(page)


def delete_definition(page: Page) -> None:
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good?").click()
    expect(page.get_by_text("No runs defined yet")).to_be_visible()


def test_an_empty_calculated_series_says_why(open_page: OpenPage, edited_loop: Loop, platform: Platform) -> None:
    """Its sensor is deleted: the trend, its values and its report say so."""
    loop = edited_loop
    site = platform.get("/api/v1/sites", loop.person).json()["results"][0]["slug"]
    sensor = {"site": site, "tag": "TT-999", "name": "Gone soon", "unit": "degC"}
    gone = platform.call("POST", "/api/v1/sensors", loop.person, json=sensor).json()
    series = {"site": site, "name": "Rise", "expression": "{TT-999} - 20 [degC]"}
    made = platform.call("POST", "/api/v1/calculated", loop.person, json=series).json()
    assert platform.call("DELETE", f"/api/v1/sensors/{gone['id']}", loop.person).ok
    page = open_page(loop.person)
    query = f"sensors=FT-101,{made['id']}&start={loop.start}&end={loop.end}"
    page.goto(f"/t/{loop.slug}/trends?{query}")
    expect(page.get_by_role("alert")).to_contain_text("Rise cannot be computed: {TT-999}")
    expect(page.get_by_role("alert")).to_contain_text("has been deleted; change the expression.")
    expect(page.get_by_test_id("value-Rise")).to_contain_text("error")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    page.goto(f"/t/{loop.slug}/trends/report?{query}")
    expect(page.get_by_test_id("report")).to_contain_text("Rise cannot be computed")
    page.goto(f"/t/{loop.slug}/trends?sensors={made['id']}&start={loop.start}&end={loop.end}")
    expect(page.get_by_role("heading", name="Cannot be computed")).to_be_visible()
    expect(page.get_by_text("No samples in this range")).to_have_count(0)
    assert platform.call("DELETE", f"/api/v1/calculated/{made['id']}", loop.person).ok
