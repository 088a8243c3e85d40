"""Trends beyond the main use case: line and band, exports, links."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.acts import point_at, value_cell, value_of
from tests.e2e.conftest import Loop, OpenPage


def open_morning(page: Page, loop: Loop, sensors: str, more: str = "") -> None:
    page.goto(f"/t/{loop.slug}/trends?sensors={sensors}&start={loop.start}&end={loop.end}{more}")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")


def test_a_noisy_signal_is_a_band_by_itself_and_a_line_on_wish(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "FT-101")
    form = page.get_by_role("group", name="Display")
    expect(form.get_by_role("button", name="Band and mean")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("foot")).to_contain_text("band of")
    form.get_by_role("button", name="Line").click()
    expect(page).to_have_url(re.compile("mode=line"))
    expect(page.get_by_test_id("foot")).not_to_contain_text("band of")
    expect(page.get_by_test_id("foot")).to_contain_text("all extremes kept")


def test_a_discrete_signal_is_read_by_its_states_name(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "YA-101,FT-101")
    point_at(page, written_loop.closed)
    expect(page.get_by_test_id("value-YA-101")).to_contain_text("Marked")
    point_at(page, written_loop.before)
    expect(page.get_by_test_id("value-YA-101")).to_contain_text("Normal")


def test_what_is_shown_and_every_sample_can_be_saved(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "TT-101,FT-101", "&mode=line")
    saved = {}
    for choice in ("CSV, displayed data", "CSV, raw samples", "PNG image"):
        page.get_by_role("button", name=re.compile("Export")).click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=choice).click()
        saved[choice] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[choice])
    shown = _rows(saved["CSV, displayed data"])
    assert {row["sensor"] for row in shown} == {"TT-101", "FT-101"}
    every = _rows(saved["CSV, raw samples"])
    assert len(every) > len(shown)
    assert sum(row["sensor"] == "FT-101" for row in every) in (2399, 2400)  # the range's end is not part of it
    assert saved["PNG image"].read_bytes()[:4] == b"\x89PNG"


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def test_a_link_shows_a_colleague_the_same_range_sensors_and_cursor(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "FT-101,,PT-101")
    point_at(page, written_loop.closed)
    value_of(page, "FT-101")
    page.wait_for_timeout(1500)  # the exact value follows once the cursor rests
    colleague = open_page(written_loop.person, scheme="dark")
    colleague.goto(page.url)
    expect(colleague.get_by_test_id("cursor-time")).to_be_visible()
    shown = value_cell(page, "FT-101").inner_text()
    expect(value_cell(colleague, "FT-101")).to_have_text(shown, use_inner_text=True)
    expect(colleague.get_by_test_id("value-PT-101")).to_be_visible()
