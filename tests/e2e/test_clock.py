"""One clock: stepping, playing, looping, marks on the time bar, versions, bookmarks."""

from __future__ import annotations

import re
import statistics

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.acts import number
from tests.e2e.clock_plant import BLINK, CLOSED, OPENED, REDRAWN, SECONDS, ClockPlant, flow_at, make_clock_plant
from tests.e2e.conftest import OpenPage, Watch
from tests.installation import Platform

FIRST_PICTURE_MS = 150  # the bar
SLACK = 4  # of a machine that runs the tests beside it

RECORD_FLASHES = """() => {
  window.flashed = new Set();
  const note = ({ target }) => {
    if (!target.hasAttribute("data-changed")) return;
    const names = [...target.querySelectorAll("svg, span")].map((each) => getComputedStyle(each).animationName);
    names.filter((name) => name !== "none").forEach((name) => window.flashed.add(name));
  };
  new MutationObserver((records) => records.forEach(note)).observe(
    document.querySelector('[data-testid="schematic"]'), { attributeFilter: ["data-changed"], subtree: true });
}"""
SCRUB = """(at) => new Promise((done) => {
  const value = document.querySelector('[data-testid="schematic"] [data-sensor="FT-1"] b');
  const [began, before] = [performance.now(), value.textContent];
  const look = () => value.textContent === before ? requestAnimationFrame(look) : done(performance.now() - began);
  const track = document.querySelector('[data-testid="time-track"]');
  const { x, width, y } = track.getBoundingClientRect();
  const head = document.querySelector('[role="slider"]');
  const [low, high] = ["min", "max"].map((end) => Number(head.getAttribute("aria-value" + end)));
  const clientX = x + 14 + ((at - low) / (high - low)) * (width - 28);
  const fire = (type, at) => track.dispatchEvent(new PointerEvent(type,
    { bubbles: true, pointerId: 1, button: 0, clientX: at, clientY: y + 40 }));
  track.setPointerCapture = () => {};
  fire("pointerdown", clientX - 20);
  fire("pointermove", clientX);
  look();
})"""


@pytest.fixture(scope="module")
def plant(platform: Platform) -> ClockPlant:
    return make_clock_plant(platform)


def tag(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="schematic"] [data-sensor="{name}"]').first


def at_of(page: Page) -> int:
    found = re.search(r"[?&]at=(\d+)", page.url)
    assert found, page.url
    return int(found.group(1))


def open_at(page: Page, plant: ClockPlant, seconds: float, **more: object) -> None:
    page.goto(plant.address(seconds, **more))
    expect(tag(page, "FT-1").locator("b")).to_have_text(re.compile(r"\d"))
    expect(page.get_by_test_id("change-marks").locator("line").first).to_be_attached()


def wait_for_moment(page: Page, plant: ClockPlant, seconds: float) -> None:
    page.wait_for_function("at => location.search.includes('at=' + at)", arg=plant.at(seconds))


def test_steps_lead_to_the_next_sample_frame_and_change_of_state(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, 300, sensor="FT-1")
    page.keyboard.press(".")
    wait_for_moment(page, plant, 301)
    page.keyboard.press(",")
    wait_for_moment(page, plant, 300)
    before = at_of(page)
    page.keyboard.press("]")
    page.wait_for_function("at => !location.search.includes('at=' + at)", arg=before)
    frame = at_of(page)
    assert 0 < frame - before <= 3_600_000 / 599 + 1
    page.keyboard.press("]")
    page.wait_for_function("at => !location.search.includes('at=' + at)", arg=frame)
    assert abs(at_of(page) - frame - 3_600_000 / 599) <= 2
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("at => Number(new URLSearchParams(location.search).get('at')) >= at", arg=plant.at(CLOSED))
    assert at_of(page) - plant.at(CLOSED) <= 3_600_000 / 599 + 1
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Closed")
    assert number(tag(page, "FT-1").locator("b").inner_text()) == flow_at(CLOSED)


def test_the_same_steps_by_mouse(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, 300, sensor="FT-1")
    bar = page.get_by_role("group", name="Time bar")
    bar.get_by_role("combobox", name="Step").click()
    page.get_by_role("option", name="Sample").click()
    bar.get_by_role("button", name="Forward Sample").click()
    wait_for_moment(page, plant, 301)
    bar.get_by_role("button", name="Back Sample").click()
    wait_for_moment(page, plant, 300)


def test_it_plays_backwards_and_around_a_loop(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, CLOSED + 60)
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Closed")
    page.keyboard.press("r")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Open")
    page.get_by_role("button", name="Pause", exact=True).click()
    assert at_of(page) < plant.at(CLOSED) + 6_000

    start, end = plant.at(CLOSED - 20), plant.at(CLOSED + 20)
    open_at(page, plant, CLOSED - 10, loop=f"{start},{end}")
    expect(page.get_by_test_id("loop")).to_be_attached()
    page.evaluate("""() => {
      const seen = (window.seen = new Set());
      const note = () => {
        seen.add(document.querySelector('[data-testid="schematic"] [data-sensor="V1-STS"] b')?.textContent);
        requestAnimationFrame(note);
      };
      note();
    }""")
    page.keyboard.press(" ")
    page.wait_for_timeout(3_000)  # four times around at 60x
    page.keyboard.press(" ")
    page.wait_for_timeout(300)
    assert start <= at_of(page) <= end
    assert page.evaluate("[...window.seen].sort()") == ["Closed", "Open"]
    page.keyboard.press("u")
    expect(page.get_by_test_id("loop")).to_have_count(0)
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile(r"loop=\d+,\d+"))


def test_shift_drag_marks_a_loop(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, 300)
    before = at_of(page)
    track = page.get_by_test_id("time-track").bounding_box()
    assert track is not None
    y = track["y"] + 40
    page.keyboard.down("Shift")
    page.mouse.move(track["x"] + 100, y)
    page.mouse.down()
    page.mouse.move(track["x"] + 200, y, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile(r"loop=\d+,\d+"))
    assert at_of(page) == before


def test_changes_of_state_are_marked_and_one_that_came_and_went_is_said(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, 300)
    marks = page.get_by_test_id("change-marks")
    expect(marks.get_by_role("img", name="V1-STS: Open → Closed")).to_be_attached()
    passed = marks.get_by_role("img", name=re.compile(r"V1-STS: .*(changed and was Open again|Open → Closed)"))
    expect(passed.first).to_be_attached()
    # A click on a mark goes to its moment, not to that of the pixel.
    opened = marks.get_by_role("img", name=re.compile("V1-STS: Closed → Open")).first
    at = int(opened.get_attribute("data-at") or 0)
    box = opened.locator("rect").bounding_box()
    assert box is not None and at > plant.at(CLOSED)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("at => location.search.includes('at=' + at)", arg=at)


def test_a_state_that_changed_within_a_frame_flashes(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, BLINK - 90, span="8h")
    page.evaluate(RECORD_FLASHES)
    page.get_by_role("combobox", name="Playback speed").click()
    page.get_by_role("option", name="600×", exact=True).click()  # frames of a minute, which the two seconds are within
    page.get_by_test_id("schematic").click(position={"x": 5, "y": 5})
    page.keyboard.press(" ")
    page.wait_for_function("() => window.flashed.size > 0")
    page.keyboard.press(" ")
    assert any("flash" in name for name in page.evaluate("[...window.flashed]"))


def test_crossing_a_version_switches_the_drawing_and_says_so(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, REDRAWN - 30)
    drawing = page.get_by_test_id("schematic")
    expect(drawing.get_by_text("Second pump planned")).to_have_count(0)
    expect(page.get_by_test_id("version-notice")).to_have_count(0)
    page.keyboard.press(" ")
    expect(page.get_by_test_id("version-notice")).to_contain_text("Drawing v2, valid from")
    expect(page.get_by_test_id("version-notice")).to_contain_text("As built")
    page.keyboard.press(" ")
    expect(drawing.get_by_text("Second pump planned")).to_be_visible()


def test_a_bookmark_is_kept_marked_opened_and_deleted(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, CLOSED)
    page.keyboard.press("b")
    form = page.get_by_role("dialog", name="Bookmark")
    form.get_by_label("Name").fill("Valve closes")
    form.get_by_label("Note").fill("By hand")
    form.get_by_role("button", name="Save").click()
    mark = page.get_by_test_id("bookmark-marks").get_by_role("img", name=re.compile("Valve closes"))
    expect(mark).to_be_attached()
    open_at(page, plant, 100)
    page.get_by_role("button", name="More about time").click()
    page.get_by_role("menuitem", name="Bookmarks…").click()
    page.get_by_role("dialog", name="Bookmarks").get_by_role("button", name=re.compile("^Valve closes")).click()
    wait_for_moment(page, plant, CLOSED)
    page.get_by_role("button", name="More about time").click()
    page.get_by_role("menuitem", name="Bookmarks…").click()
    page.get_by_role("button", name="Delete Valve closes").click()
    expect(mark).to_have_count(0)


def test_the_moment_holds_on_the_other_pages(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    open_at(page, plant, CLOSED + 30)
    for name in ("Home", "Trends", "Plant"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        expect(page.get_by_test_id("badge")).to_contain_text("6 May 2024 10:10:30")
        assert at_of(page) == plant.at(CLOSED + 30)


@pytest.mark.parametrize("loaded", [True, False], ids=["from memory", "frame by frame"])
def test_scrubbing_shows_a_first_picture_soon(
    open_page: OpenPage, plant: ClockPlant, watch: Watch, loaded: bool
) -> None:
    """Also while nothing has been loaded: then without the answers for playback."""
    page = open_page(plant.person)
    if not loaded:
        watch.allow("ERR_FAILED")
        page.route("**/playback*", lambda route: route.abort())
    took: list[float] = []
    for n in range(5):
        page.goto(plant.address(100 + n, span="8h"))
        expect(tag(page, "FT-1").locator("b")).to_have_text(re.compile(r"\d"))
        if loaded:
            expect(page.get_by_test_id("change-marks").locator("line").first).to_be_attached()
        took.append(page.evaluate(SCRUB, plant.at(CLOSED + 60)))
    print(f"first picture after {statistics.median(took):.0f} ms, at most {max(took):.0f}")
    assert statistics.median(took) <= FIRST_PICTURE_MS * SLACK, took


def test_the_last_values_stay_where_the_recording_ended(open_page: OpenPage, plant: ClockPlant) -> None:
    page = open_page(plant.person)
    page.goto(plant.address(SECONDS + 600))
    expect(tag(page, "FT-1")).to_have_attribute("data-stale", "")
    expect(tag(page, "V1-STS").locator("b")).to_have_text("Open")
    assert OPENED < SECONDS
