"""A schematic from nothing to its history by keyboard alone. No pointer event reaches the page."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import canvas, drawn, saved
from tests.installation import Platform

PREPARE = """
from dataclasses import replace
from demo.install import ensure_site
from demo.skab import SKAB
from tenants.queries import connection_by_slug
ensure_site(connection_by_slug({slug!r}), replace(SKAB, connections=()))
"""
WATCH_POINTER = """
window.pointerEvents = 0;
for (const type of ["pointerdown", "mousedown", "touchstart"])
  addEventListener(type, () => (window.pointerEvents += 1), true);
"""
MINUTE = 60_000


@dataclass(frozen=True)
class Keys:
    slug: str
    person: str


@pytest.fixture(scope="module")
def keys(platform: Platform) -> Keys:
    """A tenant with the test bed's assets and sensors, and without a drawing."""
    keys = Keys("keys", "draws.keys")
    platform.ensure_tenant(keys.slug)
    platform.ensure_person(keys.person, keys.slug, "engineer")
    platform.shell(PREPARE.format(slug=keys.slug))
    return keys


def tab_to(page: Page, wanted: Locator, *, back: bool = False, at_most: int = 120) -> None:
    """With the Tab key, as often as it takes."""
    expect(wanted).to_be_visible()
    for _ in range(at_most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{wanted} is not reached by {at_most} times Tab")


def choose_by_keys(page: Page, field: str, words: str) -> None:
    """In the properties: to the field, what is looked for, Enter."""
    tab_to(page, page.get_by_role("combobox", name=field, exact=True))
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def place(page: Page, words: str, symbol: str) -> None:
    before = drawn(page, symbol).count()
    page.keyboard.press("/")
    expect(page.get_by_label("Find a symbol…")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    tab_to(page, page.locator(f'[data-place="{symbol}"]').first, at_most=10)
    page.keyboard.press("Enter")
    expect(drawn(page, symbol)).to_have_count(before + 1)
    page.keyboard.press("Escape")
    expect(canvas(page)).to_be_focused()


def test_a_schematic_is_drawn_bound_published_and_played_without_a_pointer(
    open_page: OpenPage, platform: Platform, keys: Keys
) -> None:
    write_flow(platform, keys.person)
    page = open_page(keys.person)
    page.add_init_script(WATCH_POINTER)
    page.goto(f"/t/{keys.slug}/plant")
    tab_to(page, page.get_by_role("button", name="Draw a schematic"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("editing")).to_contain_text("EDITING")

    place(page, "tank", "tank")
    place(page, "centrifugal", "pump")
    expect(page.locator("[data-properties]").get_by_role("heading")).to_have_text(re.compile("pump", re.IGNORECASE))
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Asset")).to_be_focused()
    choose_by_keys(page, "Asset", "pump")
    expect(drawn(page, "pump")).to_contain_text("PUMP")
    choose_by_keys(page, "Running", "it-101")
    expect(page.locator('[data-slot="run"] button').first).to_be_focused()
    expect(page.locator('[data-slot="run"]')).to_contain_text("IT-101")
    choose_by_keys(page, "Values", "ft-101")
    expect(canvas(page).locator('[data-sensor="FT-101"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(canvas(page)).to_be_focused()

    page.keyboard.press("p")
    page.keyboard.press("Enter")
    choose_by_keys(page, "Asset", "tank")
    expect(drawn(page, "tank")).to_contain_text("TANK")
    page.keyboard.press("Escape")
    expect(canvas(page)).to_be_focused()
    page.keyboard.press("Shift+n")
    page.keyboard.press("c")
    expect(canvas(page).locator("g[data-part]")).to_have_count(1)

    saved(page)
    tab_to(page, page.get_by_label("Note"))
    page.keyboard.type("Drawn by keyboard")
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/t/{keys.slug}/plant/[^/?]+$"))
    schematic = page.get_by_test_id("schematic")
    expect(schematic.locator('[data-asset="PUMP"]')).to_be_visible()
    expect(schematic.locator("[data-pipe]")).to_have_count(1)
    play(page)
    assert page.evaluate("window.pointerEvents") == 0


def write_flow(platform: Platform, person: str) -> None:
    """A sample a second for the last half hour, each a step higher."""
    now = int(time.time() * 1000)
    site = platform.get("/api/v1/sites", person).json()["results"][0]["slug"]
    lines = [
        f"{site},sensor=FT-101 value={20 + each / 100} {(now - 30 * MINUTE + 1000 * each) * 1_000_000}"
        for each in range(1800)
    ]
    assert platform.call("POST", "/write", person, data="\n".join(lines)).status_code == 204


def play(page: Page) -> None:
    """Opens the past, steps in it, plays, and is back at the present."""
    figure = page.get_by_test_id("schematic").locator('[data-sensor="FT-101"] b').first
    page.keyboard.press("g")
    expect(page.get_by_role("dialog", name="Go to a time").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("-20m")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("badge")).to_contain_text("HISTORY")
    expect(figure).to_have_text(re.compile(r"\d"))
    before, start = figure.inner_text(), moment(page)
    page.keyboard.press("ArrowLeft")
    stepped = moment(page)
    assert stepped < start
    page.keyboard.press("ArrowRight")
    assert moment(page) == start
    page.keyboard.press("Space")
    page.wait_for_timeout(2_000)
    page.keyboard.press("Space")
    assert moment(page) > start
    expect(figure).not_to_have_text(before)
    page.keyboard.press("l")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")


def moment(page: Page) -> int:
    page.wait_for_timeout(500)  # the address follows the moment
    return int(page.evaluate("new URLSearchParams(location.search).get('at')"))


def test_a_binding_is_replaced_and_removed_by_keyboard_and_the_focus_stays_there(
    open_page: OpenPage, platform: Platform, keys: Keys
) -> None:
    site = platform.get("/api/v1/sites", keys.person).json()["results"][0]["slug"]
    drawing = {
        "width": 800,
        "height": 500,
        "placements": [{"id": "a", "symbol": "pump", "x": 100, "y": 100, "label": "A"}],
    }
    body = {"site": site, "name": "Bound", "drawing": drawing}
    draft = platform.call("POST", "/api/v1/schematics/drafts", keys.person, json=body).json()
    page = open_page(keys.person)
    page.add_init_script(WATCH_POINTER)
    page.goto(f"/t/{keys.slug}/plant/{draft['schematic']}/edit")
    tab_to(page, canvas(page))
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    choose_by_keys(page, "Running", "it-101")
    bound = page.locator('[data-slot="run"] button').first
    expect(bound).to_have_text("IT-101")
    expect(bound).to_be_focused()
    page.keyboard.press("Enter")
    picker = page.get_by_role("combobox", name="Running", exact=True)
    expect(picker).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(picker).to_have_attribute("aria-expanded", "false")
    expect(picker).to_be_focused()
    page.keyboard.press("Escape")
    expect(canvas(page)).to_be_focused()
    page.keyboard.press("Enter")
    choose_by_keys(page, "Asset", "no such asset")
    expect(drawn(page, "pump")).to_contain_text("A")
    asset = page.get_by_role("combobox", name="Asset")
    expect(asset).to_have_value(re.compile("no such asset"))
    tab_to(page, page.get_by_role("button", name="Remove the asset"))
    page.keyboard.press("Enter")
    expect(asset).to_have_value("")
    assert page.evaluate("window.pointerEvents") == 0
