"""Files of the drawing editor: DEXPI and our own format, in and out, pictures and scans; ports of own symbols."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.e2e.drawing import canvas, choose, drawn, middle, publish, saved, select, start_drawing
from tests.e2e.test_symbols import SVG, add_symbol
from tests.installation import Platform
from tests.isolation import ROOT

PREPARE = """
from demo.install import ensure_site
from demo.skab import SKAB
from tenants.queries import connection_by_slug
ensure_site(connection_by_slug({slug!r}), SKAB)
"""
DEXPI = ROOT / "tests" / "twin" / "dexpi" / "feed_water.xml"


@dataclass(frozen=True)
class Office:
    slug: str
    person: str


@pytest.fixture(scope="module")
def office(platform: Platform) -> Iterator[Office]:
    slug, person = "office", "draws.office"
    platform.ensure_tenant(slug)
    platform.ensure_person(person, slug, "engineer")
    platform.shell(PREPARE.format(slug=slug))
    yield Office(slug, person)


def from_menu(page: Page, item: str) -> None:
    page.get_by_role("button", name="File", exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def open_file(page: Page, item: str, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        from_menu(page, item)
    chooser.value.set_files(file)


def downloaded(page: Page, item: str) -> str:
    with page.expect_download() as download:
        from_menu(page, item)
    return Path(download.value.path()).read_text()


def test_a_dexpi_file_is_reported_inserted_published_and_written_again(
    open_page: OpenPage, office: Office, watch: Watch, tmp_path: Path
) -> None:
    watch.allow("400")
    page = open_page(office.person)
    start_drawing(page, office.slug, "From DEXPI")
    hostile = tmp_path / "hostile.xml"
    hostile.write_text('<!DOCTYPE m [<!ENTITY a "b">]><PlantModel>&a;</PlantModel>')
    open_file(page, "Import drawing or DEXPI…", hostile)
    expect(page.get_by_role("status").filter(has_text="document type")).to_be_visible()

    open_file(page, "Import drawing or DEXPI…", DEXPI)
    dialog = page.get_by_role("dialog", name="Import “Feed water”")
    expect(dialog).to_contain_text("4 equipment, 3 piping components, 2 instruments, 5 pipes and 1 signal lines")
    expect(dialog.get_by_role("row", name=re.compile("SubmersiblePump"))).to_contain_text("P4712")
    expect(dialog.get_by_role("row", name=re.compile("Weigher"))).to_contain_text("no symbol for its class")
    dialog.get_by_role("button", name="Insert").click()
    expect(drawn(page, "tank")).to_contain_text("T4750")
    expect(canvas(page).locator("g[data-part]")).to_have_count(6)
    saved(page)
    xml = downloaded(page, "Export as DEXPI (XML)")
    assert xml.startswith("<?xml") and 'TagName="T4750"' in xml and xml.count("<PipingNetworkSegment") == 5
    page.keyboard.press("Control+z")
    expect(drawn(page, "tank")).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(drawn(page, "tank")).to_have_count(1)
    publish(page, office.slug, "From the P&ID tool")
    expect(page.get_by_test_id("schematic").locator("[data-pipe]")).to_have_count(6)


def test_a_drawing_is_exported_as_json_and_svg_and_read_again(
    open_page: OpenPage, office: Office, tmp_path: Path
) -> None:
    page = open_page(office.person)
    start_drawing(page, office.slug, "Exported")
    for symbol in ("pump", "motor"):
        page.locator(f'[data-place="{symbol}"]').focus()
        page.keyboard.press("Enter")
    select(page, drawn(page, "pump"))
    page.get_by_label("Label", exact=True).fill("P-7 <Feed>")
    page.get_by_label("Label", exact=True).blur()
    text = downloaded(page, "Export drawing (JSON)")
    assert json.loads(text)["format"] == "plantrace-schematic"
    picture = downloaded(page, "Export picture (SVG)")
    assert picture.startswith("<svg") and "P-7" in picture and "<script" not in picture and "class=" not in picture
    check = open_page()
    check.set_content(picture)  # is well-formed, and paints
    assert check.locator("svg path, svg circle").count() >= 3
    page.keyboard.press("Escape")
    canvas(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(drawn(page, "pump")).to_have_count(0)
    file = tmp_path / "drawing.json"
    file.write_text(text)
    open_file(page, "Import drawing or DEXPI…", file)
    expect(drawn(page, "pump")).to_contain_text("P-7")
    expect(drawn(page, "motor")).to_have_count(1)


def test_a_scan_lies_dimmed_and_locked_below_the_drawing_and_is_kept(
    open_page: OpenPage, platform: Platform, office: Office, tmp_path: Path
) -> None:
    picture = Image.new("RGB", (1200, 800), "white")
    ImageDraw.Draw(picture).rectangle((300, 200, 900, 600), outline="black", width=6)
    file = tmp_path / "Sheet 7.png"
    out = io.BytesIO()
    picture.save(out, "PNG")
    file.write_bytes(out.getvalue())

    page = open_page(office.person)
    start_drawing(page, office.slug, "Traced")
    open_file(page, "Scan to trace over…", file)
    scan = canvas(page).get_by_role("img", name="Scanned drawing")
    expect(scan).to_be_visible()
    assert scan.evaluate("each => each.complete && each.naturalWidth") == 1200
    expect(scan).to_have_css("opacity", "0.4")
    x, y = middle(scan)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 40, steps=4)
    page.mouse.up()
    expect(scan).to_have_css("transform", re.compile(r"matrix\(1, 0, 0, 1, 0, 0\)"))
    page.keyboard.press("Escape")
    page.get_by_role("slider", name="Opacity").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(scan).to_have_css("opacity", "0.6")
    page.locator('[data-place="tank"]').focus()
    page.keyboard.press("Enter")
    url = publish(page, office.slug, "Traced")
    expect(page.get_by_test_id("schematic").get_by_role("img", name="Scanned drawing")).to_have_count(0)
    id = re.search(r"/plant/([^/?]+)", url)
    assert id is not None
    stored = platform.get(f"/api/v1/schematics/{id[1]}", office.person).json()["drawing"]["background"]
    assert stored["opacity"] == pytest.approx(0.6)
    page.get_by_role("button", name="Edit").click()
    expect(canvas(page).get_by_role("img", name="Scanned drawing")).to_be_visible()
    page.get_by_role("button", name="Remove scan").click()
    expect(canvas(page).get_by_role("img", name="Scanned drawing")).to_have_count(0)
    canvas(page).focus()
    page.keyboard.press("Control+z")
    expect(canvas(page).get_by_role("img", name="Scanned drawing")).to_be_visible()


def test_ports_are_placed_on_an_own_symbol_and_pipes_end_there(
    open_page: OpenPage, office: Office, tmp_path: Path
) -> None:
    page = open_page(office.person)
    page.goto(f"/t/{office.slug}/plant/symbols")
    add_symbol(page, tmp_path, "press", SVG)
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("No ports.")
    details.get_by_role("button", name="Ports…").click()
    dialog = page.get_by_role("dialog")
    picture = dialog.get_by_test_id("place-ports").locator("svg").first
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 12, box["y"] + box["height"] / 2)
    expect(dialog.get_by_role("group", name="Port in")).to_be_visible()
    dialog.get_by_role("button", name="Add port").click()
    out = dialog.get_by_role("group", name="Port out")
    out.get_by_label("x", exact=True).fill("60")
    out.get_by_role("textbox", name="Pipes leave on the").or_(
        out.get_by_role("combobox", name="Pipes leave on the")
    ).first.click()
    page.get_by_role("option", name="right").click()
    dialog.get_by_role("button", name="Save as new version").click()
    expect(details.locator("tr")).to_have_count(2)
    expect(details).to_contain_text("@2")

    start_drawing(page, office.slug, "With a press")
    page.get_by_label("Find a symbol…").fill("press")
    item = page.locator('[data-place^="y"]').first
    item.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Find a symbol…").fill("")
    page.locator('[data-place="pump"]').focus()
    page.keyboard.press("Enter")
    canvas(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("c")
    expect(canvas(page).locator("g[data-part]")).to_have_count(1)


def test_a_schematic_that_does_not_exist_leads_to_the_list(open_page: OpenPage, office: Office, watch: Watch) -> None:
    watch.allow("404")
    page = open_page(office.person)
    page.goto(f"/t/{office.slug}/plant/dabcdefghij/edit")
    expect(page.get_by_role("heading", name="Schematic not found")).to_be_visible()
    page.get_by_role("link", name="All schematics").click()
    expect(page).to_have_url(re.compile(rf"/t/{office.slug}/plant(?!.*edit)"))


def test_words_that_reorder_text_are_left_out_while_typing(open_page: OpenPage, office: Office) -> None:
    page = open_page(office.person)
    start_drawing(page, office.slug, "Words")
    page.locator('[data-place="pump"]').focus()
    page.keyboard.press("Enter")
    select(page, drawn(page, "pump"))
    page.get_by_label("Label", exact=True).fill("P-1 \u202e1-P")
    page.get_by_label("Label", exact=True).blur()
    saved(page)
    expect(drawn(page, "pump").locator("b")).to_have_text("P-1")
    assert "\u202e" not in (drawn(page, "pump").text_content() or "")


def test_a_template_is_drawn_once_and_placed_for_each_asset(open_page: OpenPage, office: Office) -> None:
    page = open_page(office.person)
    start_drawing(page, office.slug, "Skids")
    for symbol in ("pump", "valve_control"):
        page.locator(f'[data-place="{symbol}"]').focus()
        page.keyboard.press("Enter")
    canvas(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("c")
    select(page, drawn(page, "pump"))
    choose(page, "Asset", "PUMP", re.compile("^PUMP · "))
    canvas(page).focus()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Save as template").click()
    page.get_by_label("Name of the template").fill("Skid")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_title("Place Skid").click()
    dialog = page.get_by_role("dialog", name="Place Skid")
    dialog.get_by_label("Assets, one per line").fill("MOTOR\nP-77")
    dialog.get_by_role("button", name="Place", exact=True).click()
    expect(drawn(page, "pump")).to_have_count(3)
    expect(canvas(page).locator("g[data-part]")).to_have_count(3)
    expect(drawn(page, "pump").filter(has_text="P-77")).to_have_count(1)
    saved(page)
    preview = page.get_by_role("region", name="Draft, not published")
    expect(preview).to_contain_text("P-77")
