"""The drawing while live: limits, the card of a value, what is commanded, many values a second, a lost connection."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clock_plant import CLOSED, TOLD, ClockPlant, make_clock_plant
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_clock import tag
from tests.e2e.test_live import open_drawing, show, write
from tests.installation import Platform

SENSORS, DIFFERENT = 300, 5  # and how many values each of them must show


@pytest.fixture(scope="module")
def plant(platform: Platform) -> ClockPlant:
    return make_clock_plant(platform, "drawn-live")


def test_only_what_is_beyond_its_limits_is_coloured_and_it_has_a_mark(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(CLOSED - 30))
    expect(tag(page, "FT-1").locator("b")).to_have_text(re.compile(r"^32"))
    expect(tag(page, "FT-1")).not_to_have_attribute("data-abnormal", re.compile(".*"))
    page.goto(plant.address(CLOSED + 30))
    expect(tag(page, "FT-1")).to_have_attribute("data-abnormal", "low")
    expect(tag(page, "FT-1").locator("i")).to_have_text("▼")


def test_a_values_card_has_its_trend_and_leads_on(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(CLOSED + 30))
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Closed")
    tag(page, "V1-STS").hover()
    card = page.get_by_role("dialog", name="Value of V1-STS")
    expect(card.locator("figure path")).to_be_attached()
    expect(card).to_contain_text("30 s before the time shown")
    card.get_by_role("button", name="Asset V-1").click()
    expect(page.get_by_role("complementary", name="Details")).to_contain_text("Shut-off valve")
    page.mouse.move(5, 300)
    expect(card).to_have_count(0)
    tag(page, "FT-1").focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog", name="Value of FT-1")
    expect(card).to_contain_text("Below its range, which begins at 20")
    expect(card.get_by_role("link", name="Trend")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    tag(page, "FT-1").hover()
    page.get_by_role("dialog", name="Value of FT-1").get_by_role("link", name="Trend").click()
    expect(page).to_have_url(re.compile(rf"/trends\?.*at={plant.at(CLOSED + 30)}.*sensors=FT-1"))


def test_speed_and_command_are_on_the_symbol(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(TOLD - 30))
    pump = page.locator('[data-testid="schematic"] [data-asset="P-1"]')
    command = pump.locator(".command")
    expect(pump.locator(".speed .amount")).to_be_attached()
    expect(command.locator("title")).to_have_text("Command: Run")
    expect(command).not_to_have_attribute("data-differs", re.compile(".*"))
    page.goto(plant.address(TOLD + 30))
    expect(command.locator("title")).to_have_text("Command: Stop")
    expect(command).to_have_attribute("data-differs", "true")


RECORD_PAIRS = """() => {
  const seen = (window.pairs = []);
  const note = () => {
    const value = document.querySelector('[data-testid="schematic"] [data-sensor="FT-101"] b')?.textContent;
    const badge = document.querySelector('[data-testid="badge"] b')?.textContent;
    if (seen.at(-1)?.[0] !== badge || seen.at(-1)?.[1] !== value) seen.push([badge, value]);
    requestAnimationFrame(note);
  };
  note();
}"""


def test_a_reconnection_shows_no_older_value_as_live_for_a_single_frame(
    open_page: OpenPage, platform: Platform, live_loop: Loop, watch: Watch
) -> None:
    watch.allow("ERR_CONNECTION")
    watch.allow("ERR_INCOMPLETE_CHUNKED_ENCODING")
    watch.allow("503")
    page = open_page(live_loop.person)
    open_drawing(page, live_loop)
    show(page, platform, live_loop, 41.5)
    for value in (42.5, 43.5):
        page.evaluate(RECORD_PAIRS)
        platform.supervisor.stop_program("stream")
        try:
            expect(page.get_by_test_id("badge")).to_contain_text("RECONNECTING")
            write(platform, live_loop, value)
            time.sleep(1)
        finally:
            platform.supervisor.start_program("stream")
        expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
        page.wait_for_timeout(500)
        pairs = page.evaluate("window.pairs")
        lost = next(n for n, (badge, _) in enumerate(pairs) if badge == "RECONNECTING")
        shown = [text for badge, text in pairs[lost:] if badge == "LIVE"]
        assert shown and set(shown) == {f"{value}"}, pairs


def test_back_at_the_present_no_past_value_is_shown_as_live(
    open_page: OpenPage, platform: Platform, live_loop: Loop
) -> None:
    page = open_page(live_loop.person)
    write(platform, live_loop, 45.5)
    page.goto(f"/t/{live_loop.slug}/plant?at={live_loop.closed}")
    expect(page.locator('[data-sensor="FT-101"] b').first).to_have_text(re.compile(r"\d"))
    page.evaluate(RECORD_PAIRS)
    page.keyboard.press("l")
    expect(page.locator('[data-sensor="FT-101"] b').first).to_have_text(re.compile(r"^45\.5"))
    live = {text for badge, text in page.evaluate("window.pairs") if badge == "LIVE"}
    assert live <= {"45.5", "–"}


# Many values


def make_many(platform: Platform) -> tuple[str, str, list[str]]:
    slug, person = "many", "engineer.many"
    platform.ensure_tenant(slug)
    platform.ensure_person(person, slug, "engineer")

    def call(path: str, **body: Any) -> Any:
        response = platform.call("POST", path, person, json=body)
        assert response.ok, response.text
        return response.json()

    site = call("/api/v1/sites", slug="hall", name="Hall", timezone="UTC")["id"]
    tags = [f"T-{n}" for n in range(SENSORS)]
    items = [{"site": "hall", "tag": tag, "name": tag, "unit": "°C", "interval_s": 1} for tag in tags]
    call("/api/v1/sensors/bulk", items=items)
    found = platform.get("/api/v1/sensors", person, site=site, limit=1000).json()["results"]
    ids = {each["tag"]: each["id"] for each in found}
    places = [(20 + (n % 20) * 76, 30 + (n // 20) * 60) for n in range(SENSORS)]
    drawing = {
        "width": 1560, "height": 960,
        "placements": [
            {"id": f"p{n}", "symbol": "pump", "x": x, "y": y, "slots": {"run": {"sensor": ids[tag], "above": 50}}}
            for n, (tag, (x, y)) in enumerate(zip(tags, places, strict=True))
        ],
        "tags": [
            {"id": f"t{n}", "sensor": ids[tag], "x": x, "y": y - 22}
            for n, (tag, (x, y)) in enumerate(zip(tags, places, strict=True))
        ],
    }  # fmt: skip
    schematic = call("/api/v1/schematics", site=site, name="Many", drawing=drawing)["id"]
    return person, f"/t/{slug}/plant/{schematic}", tags


@contextmanager
def writing(platform: Platform, person: str, tags: list[str]) -> Iterator[None]:
    """A value of each sensor every second."""
    ended = threading.Event()

    def run() -> None:
        n = 0
        while not ended.wait(1):
            n += 1
            lines = "\n".join(f"hall,sensor={tag} value={(n * 7 + k) % 100}" for k, tag in enumerate(tags))
            platform.call("POST", "/write", person, data=lines)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


MIN_SHOWN = """count => {
  const seen = (window.seen ??= new Map());
  for (const value of document.querySelectorAll('[data-testid="schematic"] [data-sensor] b')) {
    const tag = value.closest('[data-sensor]').dataset.sensor;
    if (/\\d/.test(value.textContent)) seen.set(tag, (seen.get(tag) ?? new Set()).add(value.textContent));
  }
  return seen.size === count ? Math.min(...[...seen.values()].map((values) => values.size)) : 0;
}"""


def test_three_hundred_values_a_second_are_shown(open_page: OpenPage, platform: Platform) -> None:
    person, address, tags = make_many(platform)
    page: Page = open_page(person)
    with writing(platform, person, tags):
        page.goto(address)
        page.wait_for_function(f"count => ({MIN_SHOWN})(count) >= {DIFFERENT}", arg=SENSORS, polling=200)
