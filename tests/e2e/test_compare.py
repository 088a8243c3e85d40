"""Two moments compared: as differences on the drawing, side by side, moving along, and two periods."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.acts import number
from tests.e2e.clock_plant import BLINK, CLOSED, OPENED, REDRAWN, ClockPlant, flow_at, make_clock_plant
from tests.e2e.conftest import OpenPage
from tests.e2e.test_clock import tag, wait_for_moment
from tests.installation import Platform


@pytest.fixture(scope="module")
def plant(platform: Platform) -> ClockPlant:
    return make_clock_plant(platform, "compared")


def flow(page: Page, drawing: str = "schematic") -> Locator:
    return page.locator(f'[data-testid="{drawing}"] [data-sensor="FT-1"]').first


def compare_with(page: Page, text: str) -> None:
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="Compare with another moment")
    form.get_by_label("The other moment").fill(text)
    form.get_by_role("button", name="Compare", exact=True).click()
    expect(form).to_have_count(0)


def test_differences_are_on_the_drawing(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(CLOSED + 30))
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Closed")
    compare_with(page, "2024-05-06 10:05:00")
    expect(page).to_have_url(re.compile(rf"vs={plant.at(300)}"))
    bar = page.get_by_role("group", name="Comparison")
    expect(bar).to_contain_text("6 May 2024 10:05:00")
    expected = flow_at(CLOSED + 30) - flow_at(300)
    expect(flow(page)).to_contain_text(f"\u2212{-expected:.1f}")
    valve = page.locator('[data-testid="schematic"] [data-asset="V-1"]')
    expect(valve).to_have_attribute("data-before", "open")
    expect(valve).to_contain_text("was open")
    expect(page.locator('[data-asset="P-1"]')).not_to_have_attribute("data-before", re.compile(".*"))
    expect(page.get_by_test_id("differences")).to_have_text("1 state differs, 2 values differ")
    page.get_by_test_id("differences").click()
    listed = page.get_by_role("list", name="What differs")
    expect(listed).to_contain_text("V-1")
    expect(listed).to_contain_text("open → closed")
    listed.get_by_role("button", name="V-1", exact=True).click()
    then = page.get_by_role("complementary", name="Details").locator('tr:has([data-sensor="V1-STS"])')
    expect(then).to_contain_text("Closed")
    expect(then.get_by_title("At the other moment")).to_have_text("Open")
    bar.get_by_role("button", name="End comparison").click()
    expect(valve).not_to_have_attribute("data-before", re.compile(".*"))
    expect(page).not_to_have_url(re.compile("vs="))


def test_a_fixed_moment_stays_and_a_moving_one_keeps_its_distance(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(CLOSED + 30, vs=plant.at(CLOSED - 30)))
    bar = page.get_by_role("group", name="Comparison")
    expect(bar.locator("time")).to_have_text("6 May 2024 10:09:30")
    move_on(page, plant, OPENED + 10)
    expect(bar.locator("time")).to_have_text("6 May 2024 10:09:30")
    page.goto(plant.address(CLOSED + 30, vs=plant.at(CLOSED - 30)))
    bar.get_by_role("button", name="Moves along").click()
    expect(page).to_have_url(re.compile("shift=60000"))
    move_on(page, plant, OPENED + 10)
    expect(bar.locator("time")).to_have_text("6 May 2024 10:11:10")
    expected = flow_at(OPENED + 10) - flow_at(OPENED - 50)
    expect(flow(page)).to_contain_text(f"+{expected:.1f}")


def move_on(page: Page, plant: ClockPlant, seconds: float) -> None:
    page.keyboard.press("g")
    clock = f"2024-05-06 10:{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    page.get_by_role("textbox", name=re.compile("^Time ")).fill(clock)
    page.keyboard.press("Enter")
    wait_for_moment(page, plant, seconds)


def test_side_by_side_each_has_its_own_values_and_drawing(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(REDRAWN + 60, vs=plant.at(CLOSED + 30), compare="side"))
    expect(page.get_by_test_id("schematic").get_by_text("Second pump planned")).to_be_visible()
    other = page.get_by_test_id("schematic-other")
    expect(flow(page, "schematic-other").locator("b")).to_have_text(re.compile(r"^15"))
    expect(other.get_by_text("Second pump planned")).to_have_count(0)
    assert number(flow(page).locator("b").inner_text()) == round(flow_at(REDRAWN + 60), 2)
    here, there = (page.get_by_test_id(name).bounding_box() for name in ("schematic", "schematic-other"))
    assert here and there and abs(here["width"] - there["width"]) <= 4 and here["x"] < there["x"]
    transform = "el => el.querySelector('[data-world]').style.transform"
    page.mouse.move(here["x"] + 200, here["y"] + 200)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(300)
    assert page.get_by_test_id("schematic").evaluate(transform) == other.evaluate(transform)


def test_two_periods_are_played_from_a_common_start(open_page: OpenPage, plant: ClockPlant, platform: Platform) -> None:
    for name, start, end in (("Trial A", CLOSED, OPENED), ("Trial B", 100, 160)):
        body = {"site": "hall", "name": name, "start": plant.at(start), "end": plant.at(end), "shared": True}
        assert platform.call("POST", "/api/v1/bookmarks", plant.person, json=body).ok
    page = open_page(plant.person)
    page.goto(plant.address(300))
    expect(tag(page, "FT-1").locator("b")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="Compare with another moment")
    for label, name in (("This period", "Trial A"), ("The other one", "Trial B")):
        form.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=name).click()
    form.get_by_role("button", name="Compare the periods").click()
    wait_for_moment(page, plant, CLOSED)
    expect(page).to_have_url(re.compile(rf"loop={plant.at(CLOSED)},{plant.at(CLOSED + 60)}"))
    expect(page).to_have_url(re.compile(rf"shift={(CLOSED - 100) * 1000}"))
    expect(page.get_by_role("group", name="Comparison").locator("time")).to_have_text("6 May 2024 10:01:40")
    expected = flow_at(CLOSED) - flow_at(100)
    expect(flow(page)).to_contain_text(f"\u2212{-expected:.1f}")


def test_two_runs_that_a_rule_finds_are_compared(open_page: OpenPage, plant: ClockPlant, platform: Platform) -> None:
    rule = {"by": "state", "sensor": plant.sensors["V1-STS"], "states": ["0"]}
    body = {"site": "hall", "name": "Shut", "rule": rule}
    made = platform.call("POST", "/api/v1/run-definitions", plant.person, json=body)
    assert made.ok, made.text
    page = open_page(plant.person)
    page.goto(plant.address(300))
    expect(tag(page, "FT-1").locator("b")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="Compare with another moment")
    form.get_by_role("combobox", name="Periods").click()
    page.get_by_role("option", name="Runs of Shut").click()
    for label, clock in (("This period", "10:15:00"), ("The other one", "10:10:00")):
        form.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=re.compile(clock)).click()
    form.get_by_role("button", name="Compare the periods").click()
    wait_for_moment(page, plant, BLINK)
    expect(page).to_have_url(re.compile(rf"shift={(BLINK - CLOSED) * 1000}"))
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Closed")
    expect(flow(page)).to_contain_text(f"+{flow_at(BLINK) - flow_at(CLOSED):.2f}")
