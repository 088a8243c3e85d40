"""A drawing of 300 symbols and 300 bindings is shown, edited and published."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.bench.drawing.plant import COLUMNS, ENGINEER, FIRST_ROW_Y, STEP_X, SYMBOLS, TENANT, make_plant
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import canvas, drag, on_screen, publish
from tests.installation import Platform

SITE = "works"


@pytest.fixture(scope="module")
def large(platform: Platform) -> str:
    schematic = make_plant(platform)
    lines = "\n".join(f"{SITE},sensor=T-{number:03d} value={number}.25" for number in range(SYMBOLS))
    assert platform.call("POST", "/write", ENGINEER, data=lines).status_code == 204
    return schematic


def test_every_value_is_shown(open_page: OpenPage, large: str) -> None:
    page = open_page(ENGINEER)
    page.goto(f"/t/{TENANT}/plant/{large}")
    schematic = page.get_by_test_id("schematic")
    expect(schematic.locator("svg.pt-symbol")).to_have_count(SYMBOLS)
    expect(schematic.locator('[data-sensor="T-299"] b')).to_have_text(re.compile(r"^299\.[23]"))
    texts = schematic.locator("[data-sensor] b").all_inner_texts()
    assert len(texts) == SYMBOLS and all(re.match(r"\d", text) for text in texts)


def test_twenty_symbols_are_moved_together_and_published(open_page: OpenPage, large: str) -> None:
    page = open_page(ENGINEER)
    page.goto(f"/t/{TENANT}/plant/{large}/edit")
    symbols = canvas(page).locator("[data-part][data-symbol]")
    expect(symbols).to_have_count(SYMBOLS)
    first, twentieth, next_one = symbols.nth(0), symbols.nth(19), symbols.nth(20)
    before = [each.get_attribute("style") or "" for each in (first, twentieth, next_one)]
    drag(page, on_screen(page, 20, FIRST_ROW_Y - 12), on_screen(page, 60 + COLUMNS * STEP_X, FIRST_ROW_Y + 75))
    expect(page.get_by_role("heading", name="20 parts")).to_be_visible()
    canvas(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    after = [each.get_attribute("style") or "" for each in (first, twentieth, next_one)]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]
    publish(page, TENANT, "A row moved")
    expect(page.get_by_test_id("schematic").locator("svg.pt-symbol")).to_have_count(SYMBOLS)
