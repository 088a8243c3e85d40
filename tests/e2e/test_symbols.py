"""The gallery of symbols, a tenant's own among them, and a drawing on which all of them are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Loop, OpenPage, Watch
from tests.installation import Platform
from twin.symbols import library

SYMBOLS = [name for name in library().symbols if name != "junction"]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><title>Press</title>'
    '<rect x="1" y="1" width="58" height="38" data-role="fill"/>'
    '<path d="M10 30 30 10 50 30" stroke="#000" fill="none"/></svg>'
)


def test_symbols_are_found_and_shown_in_their_states(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/plant")
    page.get_by_title("Switch schematic").click()
    page.get_by_role("menuitem", name="All symbols").click()
    expect(page.get_by_role("heading", name="Symbols", exact=True)).to_be_visible()
    cards = page.locator("[data-symbol-card]")
    expect(cards).to_have_count(len(SYMBOLS))
    page.get_by_label("Find a symbol…").fill("motor butterfly")
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="On, open").click()
    expect(cards.locator("svg.pt-symbol")).to_have_attribute("data-state", "open")
    cards.click()
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("ISA-5.1")
    expect(details.locator("tr")).to_have_count(3)
    for state in ("No value", "Open", "Part open", "Closed", "Unknown"):
        expect(details.locator("figcaption", has_text=re.compile(f"^{state}$"))).to_be_visible()
    expect(page).to_have_url(re.compile("symbol=valve_butterfly_motor"))
    page.get_by_label("Find a symbol…").fill("nonsense")
    expect(page.get_by_text("No symbol is called “nonsense”.")).to_be_visible()


def test_an_engineer_adds_a_symbol_and_deletes_it(
    open_page: OpenPage, edited_loop: Loop, tmp_path: Path, watch: Watch
) -> None:
    page = open_page(edited_loop.person)
    page.goto(f"/t/{edited_loop.slug}/plant/symbols")
    add_symbol(page, tmp_path, "hostile", '<svg viewBox="0 0 9 9"><script>alert(1)</script></svg>')
    watch.allow("400 (Bad Request)")
    expect(page.get_by_role("alert")).to_contain_text("has <script>")
    page.get_by_role("button", name="Cancel").click()
    add_symbol(page, tmp_path, "press", SVG)
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="press")).to_be_visible()
    expect(page.locator("[data-symbol-card]", has_text="press").locator("path").first).to_have_attribute(
        "d", re.compile("^M1 1")
    )
    details.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def add_symbol(page: Page, folder: Path, name: str, content: str) -> None:
    file = folder / f"{name}.svg"
    file.write_text(content)
    page.get_by_role("button", name="Add symbol…").click()
    dialog = page.get_by_role("dialog")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="SVG file").click()
    chooser.value.set_files(file)
    expect(dialog.get_by_label("Name")).to_have_value(name)
    dialog.get_by_role("button", name="Add", exact=True).click()


def test_the_gallery_fits_a_phone(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, PHONE)
    page.goto(f"/t/{written_loop.slug}/plant/symbols?symbol=boiler")
    expect(page.locator("[data-symbol-card]")).to_have_count(len(SYMBOLS))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    expect(page.get_by_role("complementary", name="Details")).to_be_in_viewport()


def test_every_symbol_is_drawn_and_a_link_leads_to_another_schematic(
    open_page: OpenPage, platform: Platform, edited_loop: Loop
) -> None:
    page = open_page(edited_loop.person)
    headers = {"X-Plantrace-Tenant": edited_loop.slug, "Origin": platform.url, "X-CSRFToken": token_of(page)}
    [first] = page.request.get("/api/v1/schematics", headers=headers).json()["results"]
    drawing = {"width": 2_600, "height": 2_400, "placements": placements(first["id"])}
    body = {"site": first["site"], "name": "Every symbol", "drawing": drawing}
    made = page.request.post("/api/v1/schematics", data=body, headers=headers)
    assert made.ok, made.text()
    id = made.json()["id"]
    try:
        page.goto(f"/t/{edited_loop.slug}/plant/{id}")
        expect(page.locator("[data-testid=schematic] svg.pt-symbol")).to_have_count(len(SYMBOLS))
        page.get_by_role("link", name="Open LINK").click()
        expect(page).to_have_url(re.compile(f"/plant/{first['id']}"))
    finally:
        page.request.delete(f"/api/v1/schematics/{id}", headers=headers)


def token_of(page: Page) -> str:
    return next(each["value"] for each in page.context.cookies() if each["name"] == "plantrace_csrf")


def placements(schematic: str) -> list[dict[str, Any]]:
    """All symbols in rows, with what stands in or below them."""
    placed, x, y, row = [], 60.0, 40.0, 0.0
    for name in SYMBOLS:
        symbol = library().symbols[name]
        if x + symbol.width > 2_540:
            x, y, row = 60.0, y + row + 50, 0.0
        label = "LINK" if name == "link" else "TT-101" if name.startswith("instrument") else name.upper()
        link = {"link": schematic} if name == "link" else {}
        placed.append({"id": name, "symbol": name, "x": x, "y": y, "label": label, **link})
        x, row = x + max(symbol.width, 9 * len(label)) + 24, max(row, symbol.height)
    return placed
