"""A drawing of 300 symbols and 300 bindings is shown, edited and published."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.bench.drawing.plant import COLUMNS, ENGINEER, FIRST_ROW_Y, STEP_X, SYMBOLS, TENANT, make_plant, write_history
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import canvas, drag, on_screen, publish, zoom_until_unfolded
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


# In each frame: of which moments the values on screen are. All have the same course, shifted by their number.
WATCH = """() => {
    window.watched = { moments: new Set(), disagreeing: 0, frames: 0 };
    const drawing = document.querySelector('[data-testid="schematic"]');
    const room = drawing.getBoundingClientRect();
    const look = () => {
        const here = new Set();
        for (const value of drawing.querySelectorAll('[data-sensor]')) {
            const { left, right, top, bottom } = value.getBoundingClientRect();
            if (right < room.left || left > room.right || bottom < room.top || top > room.bottom) continue;
            const shown = Number(value.querySelector('b').textContent) - 13 * Number(value.dataset.sensor.slice(2));
            here.add(Math.round(10 * (((shown % 100) + 100) % 100)) % 1000);
        }
        for (const moment of here) window.watched.moments.add(moment);
        window.watched.frames += 1;
        if (here.size !== 1) window.watched.disagreeing += 1;
        requestAnimationFrame(() => setTimeout(look));
    };
    look();
}"""


def test_all_values_on_screen_are_of_one_moment_in_every_frame_while_it_is_played(
    platform: Platform, open_page: OpenPage, large: str
) -> None:
    start = write_history(platform)
    page = open_page(ENGINEER)
    page.goto(f"/t/{TENANT}/plant/{large}?at={start + 60_000}")
    drawing = page.get_by_test_id("schematic")
    expect(drawing.locator('[data-sensor="T-299"] b')).to_have_text(re.compile(r"\d"))
    zoom_until_unfolded(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"() => Number(new URLSearchParams(location.search).get('at')) > {start + 90_000}")
    page.evaluate(WATCH)
    page.wait_for_function("() => window.watched.moments.size >= 8")
    watched = page.evaluate("({ ...window.watched, moments: window.watched.moments.size })")
    assert watched["frames"] > 8 and watched["disagreeing"] == 0, watched


def test_twenty_selected_symbols_are_dragged_together_also_where_their_ports_would_cover_them(
    open_page: OpenPage, large: str
) -> None:
    page = open_page(ENGINEER)
    page.goto(f"/t/{TENANT}/plant/{large}/edit")
    symbols = canvas(page).locator("[data-part][data-symbol]")
    expect(symbols).to_have_count(SYMBOLS)
    drag(page, on_screen(page, 20, FIRST_ROW_Y - 26), on_screen(page, 60 + COLUMNS * STEP_X, FIRST_ROW_Y + 75))
    expect(page.get_by_role("heading", name="20 parts")).to_be_visible()
    moved = [symbols.nth(0), symbols.nth(19)]
    before = [each.bounding_box() for each in (*moved, symbols.nth(20))]
    style = moved[0].get_attribute("style") or ""
    assert before[0] is not None and before[1] is not None and before[2] is not None
    x, y = (before[0][name] + before[0][size] / 2 for name, size in (("x", "width"), ("y", "height")))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 200)
    page.mouse.move(x, y + 220)
    page.mouse.up()
    expect(moved[0]).not_to_have_attribute("style", style)
    for each, old in zip(moved, before[:2], strict=True):
        new = each.bounding_box()
        assert new is not None and old is not None and 205 < new["y"] - old["y"] < 235
    assert symbols.nth(20).bounding_box() == before[2]
    expect(symbols).to_have_count(SYMBOLS)
