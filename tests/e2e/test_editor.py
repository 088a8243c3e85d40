"""A schematic is drawn from nothing by mouse and keyboard, bound, published and seen by its readers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.e2e.drawing import (
    canvas,
    choose,
    draw_pipe,
    drawn,
    middle,
    place_by_keyboard,
    place_by_mouse,
    saved,
    start_drawing,
)
from tests.installation import Platform

PREPARE = """
from demo.install import ensure_site
from demo.skab import SKAB
from tenants.queries import connection_by_slug
ensure_site(connection_by_slug({slug!r}), SKAB)
"""


@dataclass(frozen=True)
class Desk:
    """A tenant with the test bed's assets and sensors, and without a drawing."""

    slug: str
    engineer: str
    viewer: str


@pytest.fixture(scope="module")
def desk(platform: Platform) -> Desk:
    slug = "desk"
    platform.ensure_tenant(slug)
    platform.ensure_person("draws.desk", slug, "engineer")
    platform.ensure_person("reads.desk", slug, "viewer")
    platform.shell(PREPARE.format(slug=slug))
    return Desk(slug, "draws.desk", "reads.desk")


def test_a_loop_is_drawn_bound_published_and_seen(open_page: OpenPage, platform: Platform, desk: Desk) -> None:
    page = open_page(desk.engineer)
    start_drawing(page, desk.slug, "Water loop")
    place_by_mouse(page, "pump", 0.3, 0.5)
    place_by_keyboard(page, "tank", "tank")
    draw_pipe(page, (drawn(page, "pump"), "out"), (drawn(page, "tank"), "in_left"))

    # A valve dropped on the pipe lies in it.
    pump, tank = middle(drawn(page, "pump")), middle(drawn(page, "tank"))
    page.locator('[data-place="valve_control"]').click()
    page.mouse.click((pump[0] + tank[0]) / 2 - 20, pump[1])
    expect(drawn(page, "valve_control")).to_have_count(1)

    # Back to the pump by keyboard: two symbols selected, C.
    page.mouse.click(*middle(drawn(page, "tank")))
    page.keyboard.down("Shift")
    page.mouse.click(*middle(drawn(page, "pump")))
    page.keyboard.up("Shift")
    pipes = canvas(page).locator("g[data-part]").count()
    page.keyboard.press("c")
    expect(canvas(page).locator("g[data-part]")).to_have_count(pipes + 1)

    page.mouse.click(*middle(drawn(page, "pump")))
    choose(page, "Asset", "PUMP", re.compile("^PUMP · "))
    expect(drawn(page, "pump")).to_contain_text("PUMP")
    choose(page, "Running", "IT-101", re.compile("IT-101"))
    choose(page, "Values", "FT-101", re.compile("FT-101"))
    expect(canvas(page).locator('[data-sensor="FT-101"]')).to_be_visible()
    page.mouse.click(*middle(drawn(page, "tank")))
    choose(page, "Asset", "TANK", re.compile("^TANK · "))
    saved(page)

    site = platform.get("/api/v1/sites", desk.engineer).json()["results"][0]["slug"]
    assert platform.call("POST", "/write", desk.engineer, data=f"{site},sensor=FT-101 value=31.4").status_code == 204
    page.get_by_label("Note").fill("First drawing")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/t/{desk.slug}/plant/[^/]+$"))
    see_loop(page)
    reader = open_page(desk.viewer)
    reader.goto(page.url)
    see_loop(reader)
    expect(reader.get_by_role("button", name="Edit")).to_have_count(0)


def see_loop(page: Page) -> None:
    schematic = page.get_by_test_id("schematic")
    expect(schematic.locator('[data-asset="PUMP"]')).to_be_visible()
    expect(schematic.locator('[data-asset="TANK"]')).to_be_visible()
    expect(schematic.locator("[data-pipe]")).to_have_count(3)
    expect(schematic.locator('[data-sensor="FT-101"] b').first).to_have_text(re.compile(r"^31\.4"))


def test_what_was_done_is_undone_by_keyboard_and_the_draft_is_there_again(
    open_page: OpenPage, platform: Platform, desk: Desk
) -> None:
    page = open_page(desk.engineer)
    site = platform.get("/api/v1/sites", desk.engineer).json()["results"][0]["slug"]
    draft = platform.call(
        "POST",
        "/api/v1/schematics/drafts",
        desk.engineer,
        json={"site": site, "name": "Undone", "drawing": {"width": 800, "height": 500}},
    ).json()
    page.goto(f"/t/{desk.slug}/plant/{draft['schematic']}/edit")
    for symbol in ("pump", "filter"):
        page.locator(f'[data-place="{symbol}"]').focus()
        page.keyboard.press("Enter")
        expect(drawn(page, symbol)).to_have_count(1)
    canvas(page).focus()
    before = drawn(page, "filter").get_attribute("style")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(drawn(page, "filter")).to_have_attribute("style", before or "")
    page.keyboard.press("Control+z")
    expect(drawn(page, "filter")).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(drawn(page, "filter")).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+d")
    expect(drawn(page, "pump")).to_have_count(2)
    saved(page)
    page.get_by_role("button", name="Close editor").click()
    page.goto(f"/t/{desk.slug}/plant/{draft['schematic']}/edit")
    expect(drawn(page, "pump")).to_have_count(2)
    page.get_by_role("button", name="Discard draft…").click()
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/t/{desk.slug}/plant(?!.*edit)"))


def test_two_windows_do_not_overwrite_one_another(
    open_page: OpenPage, platform: Platform, desk: Desk, watch: Watch
) -> None:
    watch.allow("409")  # the second window is refused
    site = platform.get("/api/v1/sites", desk.engineer).json()["results"][0]["slug"]
    draft = platform.call(
        "POST",
        "/api/v1/schematics/drafts",
        desk.engineer,
        json={"site": site, "name": "Twice", "drawing": {"width": 800, "height": 500}},
    ).json()
    first, second = open_page(desk.engineer), open_page(desk.engineer)
    for page in (first, second):
        page.goto(f"/t/{desk.slug}/plant/{draft['schematic']}/edit")
        expect(canvas(page)).to_be_visible()
    first.locator('[data-place="pump"]').focus()
    first.keyboard.press("Enter")
    saved(first)
    second.locator('[data-place="motor"]').focus()
    second.keyboard.press("Enter")
    warning = second.get_by_role("alertdialog", name=re.compile("another window"))
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Load the other version").click()
    expect(drawn(second, "pump")).to_have_count(1)
    expect(drawn(second, "motor")).to_have_count(0)
