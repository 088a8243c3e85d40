"""Views of a trend: a reference cursor, lanes and scales, limits, an earlier range, XY, histogram, duration curve."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.acts import number, place, point_at, shown_span, value_of
from tests.e2e.conftest import PHONE, TABLET, WIDE, Loop, OpenPage
from tests.e2e.test_live import write
from tests.e2e.test_pages import FAINT, settle, show_in
from tests.e2e.test_trends import open_morning
from tests.installation import Platform
from tests.waiting import wait_until

TWENTY_MINUTES = 20 * 60_000


def headings(page: Page) -> list[str]:
    return page.get_by_test_id("chart").get_by_role("heading").all_inner_texts()


def open_menu(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).click()


def cells(page: Page, row: str) -> list[str]:
    return page.get_by_test_id(row).locator("td").all_inner_texts()


def test_values_are_compared_with_those_at_a_reference_cursor(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "TT-101,FT-101,YA-101", "&mode=line")
    x, y = place(page.get_by_test_id("chart-area"), written_loop.before, shown_span(page))
    page.keyboard.down("Shift")
    page.mouse.click(x, y)
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile(r"[?&]ref=\d+"))
    expect(page.get_by_test_id("reference-mark")).to_be_visible()
    point_at(page, written_loop.closed)
    page.wait_for_timeout(1000)  # the exact values follow once the cursor rests
    now = value_of(page, "FT-101")
    _, before, delta, _ = cells(page, "reference-FT-101")
    assert 25 <= now <= 29
    assert 30 <= number(before) <= 34
    assert number(delta.removeprefix("Δ")) == pytest.approx(now - number(before), abs=0.01)
    assert "Normal" in cells(page, "reference-YA-101")[1]
    expect(page.get_by_test_id("compare-reference")).to_contain_text("Δt")
    colleague = open_page(written_loop.person)
    colleague.goto(page.url)
    expect(colleague.get_by_test_id("reference-FT-101").locator("td").nth(1)).to_have_text(before)
    page.get_by_role("button", name="Remove reference").click()
    expect(page.get_by_test_id("reference-FT-101")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.get_by_test_id("reference-FT-101")).to_be_visible()
    page.keyboard.press("m")
    expect(page).not_to_have_url(re.compile("ref="))


def test_lanes_are_shared_or_one_per_sensor_and_logarithmic_by_menu_and_by_key(
    open_page: OpenPage, written_loop: Loop
) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "FT-101,TT-101,TT-102,YA-101")
    assert len(headings(page)) == 3
    open_menu(page, "View")
    page.get_by_role("menuitemradio", name="One per sensor").click()
    expect(page.get_by_test_id("chart").get_by_role("heading")).to_have_count(4)
    page.get_by_role("menuitemradio", name="Shared, an axis per unit").click()
    expect(page.get_by_test_id("chart").get_by_role("heading")).to_have_count(2)
    assert "·" in headings(page)[0]
    page.get_by_role("menuitemcheckbox", name="Logarithmic scale").click()
    expect(page.get_by_test_id("chart").get_by_role("heading").first).to_contain_text("logarithmic")
    page.get_by_role("menuitemcheckbox", name="Step lines").click()
    page.get_by_role("menuitemcheckbox", name="Sensor ranges").click()
    expect(page).to_have_url(re.compile("lanes=shared&scale=log&draw=steps&ranges=1"))
    page.keyboard.press("Escape")
    page.get_by_test_id("chart").hover()
    page.keyboard.press("a")
    expect(page.get_by_test_id("chart").get_by_role("heading")).to_have_count(3)
    for key in ("y", "s", "r"):
        page.keyboard.press(key)
    expect(page).not_to_have_url(re.compile("lanes=|scale=|draw=|ranges="))


def picture(area: Locator) -> bytes:
    return area.screenshot()


def test_limits_are_drawn_and_are_part_of_the_link(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "FT-101,PT-101", "&mode=line")
    without = picture(page.get_by_test_id("chart"))
    open_menu(page, "View")
    page.get_by_role("menuitem", name="Limits…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Low limit of FT-101").fill("40")
    dialog.get_by_label("High limit of FT-101").fill("33")
    expect(dialog).to_contain_text("low below high")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    dialog.get_by_label("Low limit of FT-101").fill("28.5")
    dialog.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"limits=1:28\.5\.\.33"))
    expect(dialog).to_have_count(0)
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    assert picture(page.get_by_test_id("chart")) != without
    page.get_by_role("button", name="Remove FT-101").click()
    expect(page).not_to_have_url(re.compile("limits="))


def test_the_range_before_is_drawn_below_and_its_values_are_those_of_that_time(
    open_page: OpenPage, written_loop: Loop
) -> None:
    page = open_page(written_loop.person)
    middle = written_loop.start + TWENTY_MINUTES
    at = written_loop.closed
    query = f"sensors=FT-101,YA-101&mode=line&start={middle}&end={middle + TWENTY_MINUTES}&c={at}"
    page.goto(f"/t/{written_loop.slug}/trends?{query}")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("compare=20min"))
    expect(page.get_by_test_id("foot")).to_contain_text("20 min earlier")
    page.wait_for_timeout(1000)
    now = value_of(page, "FT-101")
    _, then, delta, _ = cells(page, "earlier-FT-101")
    assert (25 <= now <= 29, 30 <= number(then) <= 34) == (True, True)
    assert number(delta.removeprefix("Δ")) == pytest.approx(now - number(then), abs=0.01)
    assert "Normal" in cells(page, "earlier-YA-101")[1]

    before = open_page(written_loop.person)
    earlier = f"start={written_loop.start}&end={middle}&c={at - TWENTY_MINUTES}"
    before.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&mode=line&{earlier}")
    expect(before.get_by_test_id("foot")).to_contain_text("samples")
    before.wait_for_timeout(1000)
    assert value_of(before, "FT-101") == number(then)

    page.get_by_role("button", name="20 min earlier").click()
    page.get_by_role("menuitem", name="Other…").click()
    field = page.get_by_label("How much earlier, or its start")
    field.fill("2030-01-01 00:00")
    expect(page.get_by_role("dialog")).to_contain_text("a time before this range")
    field.fill("10:10")
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()  # today, which is later
    field.fill("600s")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("compare=600s"))
    page.keyboard.press("c")
    expect(page.get_by_test_id("earlier-FT-101")).to_have_count(0)


def test_one_sensor_over_another_is_coloured_by_time_and_moves_the_cursor(
    open_page: OpenPage, written_loop: Loop, tmp_path: Path
) -> None:
    page = open_page(written_loop.person)
    query = f"sensors=FT-101,PT-101,IT-101,YA-101&start={written_loop.start}&end={written_loop.end}&plot=xy"
    page.goto(f"/t/{written_loop.slug}/trends?{query}")
    expect(page.get_by_text("Continuous sensors only, without YA-101.")).to_be_visible()
    panel = page.get_by_test_id("plot-IT-101")
    expect(panel).to_contain_text(re.compile(r"[\d,]+ pairs"))
    group = panel.get_by_role("group")
    group.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]c=\d+"))
    expect(panel).to_contain_text(re.compile(r"FT-101 \d+.*IT-101 [\d.]+"))
    page.get_by_label("Horizontal axis").select_option(label="Over IT-101")
    expect(page.get_by_test_id("plot-IT-101")).to_have_count(0)
    expect(page.get_by_test_id("plot-FT-101")).to_contain_text("FT-101 over IT-101")
    rows = export(page, tmp_path, "CSV, displayed data")
    flows = [float(row["y"]) for row in rows if row["y sensor"] == "FT-101"]
    assert len(flows) > 400
    assert {row["x sensor"] for row in rows} == {"IT-101"}
    assert min(flows) < 28.5 < 31 < max(flows)


def export(page: Page, folder: Path, choice: str) -> list[dict[str, str]]:
    page.get_by_role("button", name=re.compile("Export")).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=choice).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return list(csv.DictReader(file.read_text().splitlines()))


def test_a_histogram_has_the_shares_of_the_samples(open_page: OpenPage, written_loop: Loop, tmp_path: Path) -> None:
    page = open_page(written_loop.person)
    open_morning(page, written_loop, "FT-101,TT-101")
    raw = [float(row["value"]) for row in export(page, tmp_path, "CSV, raw samples") if row["sensor"] == "FT-101"]
    page.keyboard.press("v")
    page.keyboard.press("v")
    expect(page).to_have_url(re.compile("plot=histogram"))
    panel = page.get_by_test_id("plot-FT-101")
    expect(panel).to_contain_text(f"all {len(raw):,} samples")
    expect(page.get_by_test_id("plot-TT-101")).to_be_visible()
    rows = [row for row in export(page, tmp_path, "CSV, displayed data") if row["sensor"] == "FT-101"]
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
    low = sum(float(row["share"]) for row in rows if float(row["to"]) <= 30)
    assert low == pytest.approx(sum(value < 30 for value in raw) / len(raw), abs=1e-9)
    panel.get_by_role("group").focus()
    page.keyboard.press("ArrowRight")
    first = rows[0]
    expect(panel).to_contain_text(f"{float(first['share']) * 100:.1f}")
    page.keyboard.press("v")
    expect(page).to_have_url(re.compile("plot=duration"))
    curve = page.get_by_test_id("plot-L/min")
    curve.get_by_role("group").focus()
    page.keyboard.press("ArrowRight")
    expect(curve).to_contain_text(re.compile(rf"{max(raw):.0f}\D.*or more for 0\.0"))
    rows = export(page, tmp_path, "CSV, displayed data")
    by_share = {row["share"]: float(row["value"]) for row in rows if row["sensor"] == "FT-101"}
    assert by_share["0.5"] == sorted(raw, reverse=True)[(len(raw) + 1) // 2 - 1]
    page.get_by_role("button", name=re.compile("Export")).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="PNG image").click()
    image = tmp_path / "curve.png"
    download.value.save_as(image)
    assert image.read_bytes()[:4] == b"\x89PNG"


def test_a_pasted_list_of_tags_selects_its_sensors(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends?sensors=YA-101")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tags").fill("ft-101\nTT-101; NO-SUCH")
    expect(dialog).to_contain_text("2 sensors found")
    expect(dialog).to_contain_text("1 not found at this site: NO-SUCH")
    dialog.get_by_role("button", name="Add to the trend").click()
    for tag in ("YA-101", "FT-101", "TT-101"):
        expect(page.get_by_role("treeitem", name=re.compile(tag))).to_have_attribute("aria-selected", "true")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/plain', 'PT-101\\tIT-101');
            document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
        }"""
    )
    expect(dialog).to_contain_text("2 sensors found")
    dialog.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("treeitem", name=re.compile("YA-101"))).to_have_attribute("aria-selected", "false")
    expect(page.get_by_test_id("value-IT-101")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_every_view_is_readable_and_fits_in_both_schemes(
    open_page: OpenPage, written_loop: Loop, size: tuple[int, int]
) -> None:
    page, schemes = open_page(written_loop.person, size), ["light", "dark"]
    reference = f"&c={written_loop.closed}&ref={written_loop.before}&compare=10min&limits=1:28..33&ranges=1"
    for more in (f"{reference}", f"{reference}&lanes=shared", "&plot=xy", "&plot=histogram", "&plot=duration"):
        open_view(page, written_loop, more)
        if size == WIDE:
            assert toolbar_rows(page) == 1, more
        for scheme in schemes:
            show_in(page, scheme)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{more} is {wide} px too wide, {scheme}"
            assert page.evaluate(FAINT) == [], f"{more}, {scheme}"
        schemes.reverse()  # the next view is loaded in the scheme of this one


def toolbar_rows(page: Page) -> int:
    """Beside the tree and the inspector."""
    expect(page.get_by_role("complementary", name="Details")).to_be_visible()
    rows = page.get_by_test_id("toolbar").evaluate(
        """toolbar => new Set([...toolbar.children].filter((each) => each.offsetWidth > 0).map((each) => {
            const { top, height } = each.getBoundingClientRect();
            return Math.round(top + height / 2);
        })).size"""
    )
    return int(rows)


def open_view(page: Page, loop: Loop, more: str) -> None:
    query = f"sensors=FT-101,PT-101,TT-101,YA-101&start={loop.start}&end={loop.end}{more}"
    page.goto(f"/t/{loop.slug}/trends?{query}")
    if "plot" in more:
        expect(page.locator("[data-testid^=plot-] canvas").first).to_be_visible()
    else:
        expect(page.get_by_test_id("foot")).to_contain_text("samples")
    settle(page)


def test_the_last_batch_is_put_under_this_one_by_its_event(
    open_page: OpenPage, platform: Platform, live_loop: Loop
) -> None:
    write(platform, live_loop, 5.0)  # there is something to draw
    now = time.time_ns() // 10**6
    batches = [{"ts": now - ago * 60_000, "type": "batch.started", "device": "R-1"} for ago in (35, 10)]
    response = platform.call("POST", "/api/v1/events", live_loop.person, json=batches)
    assert response.status_code == 202, response.text
    begun = {"type": "batch.started"}
    wait_until(lambda: len(platform.get("/api/v1/events", live_loop.person, **begun).json()["results"]) == 2)
    page = open_page(live_loop.person)
    page.goto(
        f"/t/{live_loop.slug}/trends?sensors=FT-101&start={now - 15 * 60_000}&end={now + 60_000}&events=batch.started"
    )
    expect(page.get_by_test_id("event-marks").get_by_role("img", name="batch.started")).to_be_visible()
    open_menu(page, "Compare")
    page.get_by_role("menuitem", name=re.compile("^batch.started: ")).click()
    expect(page).to_have_url(re.compile("compare=25min"))
    expect(page.get_by_test_id("compare-earlier")).to_contain_text("25 min earlier")
    assert toolbar_rows(page) == 1
