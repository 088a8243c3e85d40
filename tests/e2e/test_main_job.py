"""The main use case, from signing in to the valve that closed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Locator, Page, expect

from tests.e2e.acts import number, place, point_at, scrub_to, set_range, shown_span, sign_in, value_of
from tests.e2e.conftest import Loop, OpenPage, Watch


def test_an_engineer_finds_the_valve_closing_and_travels_around_it(
    open_page: OpenPage, loop: Loop, watch: Watch
) -> None:
    watch.allow("401")  # the first page asks who is there before anybody is
    page = open_page()
    page.goto("/")
    sign_in(page, loop.person)
    expect(page).to_have_url(re.compile(rf"/t/{loop.slug}/home"))

    open_flow_trend(page)
    see_whole_morning(page, loop)
    point_at(page, loop.before)
    before = value_of(page, "FT-101")
    point_at(page, loop.closed)
    closed = value_of(page, "FT-101")
    assert closed < before - 1

    zoom_in_and_come_back(page, loop)
    point_at(page, loop.closed)
    page.get_by_role("button", name=re.compile("Show plant at")).click()
    expect(page).to_have_url(re.compile(rf"/t/{loop.slug}/plant.*[?&]at=\d+"))
    expect(page.get_by_test_id("badge")).to_contain_text("HISTORY")
    expect(flow_tag(page)).to_have_text(re.compile(r"\d"))
    assert flow_on_drawing(page) < before - 1
    see_flow_change(page, loop, before)


def open_flow_trend(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Trends").click()
    page.get_by_label("Filter tags").fill("FT-101")
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", name="FT-101")).to_have_attribute("aria-selected", "true")


def see_whole_morning(page: Page, loop: Loop) -> None:
    """The recordings are years old: the page says so and leads there; then the whole of them by hand."""
    expect(page.get_by_role("heading", name="No samples in this range")).to_be_visible()
    page.get_by_role("button", name=re.compile("Go to last samples")).click()
    expect(page.get_by_test_id("chart")).to_be_visible()
    text = [datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") for ms in (loop.start, loop.end)]
    set_range(page, *text)
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    assert shown_span(page) == (loop.start, loop.end)


def zoom_in_and_come_back(page: Page, loop: Loop) -> None:
    """Dragging asks for that range again; a double click brings the range before."""
    whole = shown_span(page)
    area = page.get_by_test_id("chart-area")
    left, y = place(area, loop.closed - 120_000, whole)
    right, _ = place(area, loop.closed + 120_000, whole)
    with page.expect_request("**/api/v1/samples/query") as request:
        page.mouse.move(left, y)
        page.mouse.down()
        page.mouse.move(right, y, steps=5)
        expect(page.get_by_text("zoom to 4 min")).to_be_visible()
        page.mouse.up()
    body = request.value.post_data_json
    near = shown_span(page)
    assert (body["start"], body["end"]) == near
    assert abs(near[0] - (loop.closed - 120_000)) < 20_000
    page.wait_for_timeout(400)
    page.mouse.dblclick(left, y)
    page.wait_for_function("start => location.search.includes('start=' + start)", arg=whole[0])
    assert shown_span(page) == whole


def flow_tag(page: Page) -> Locator:
    return page.locator('[data-testid="schematic"] [data-sensor="FT-101"] b').first


def flow_on_drawing(page: Page) -> float:
    return number(flow_tag(page).inner_text())


def see_flow_change(page: Page, loop: Loop, high: float) -> None:
    """Before, while and after, by dragging the playhead: the drawing follows, and so does the address."""
    page.get_by_role("group", name="Time span").get_by_role("button", name=re.compile("^8")).click()
    for moment, is_high in ((loop.before, True), (loop.closed, False), (loop.after, True)):
        scrub_to(page, moment - 1_200_000)
        scrub_to(page, moment)
        page.wait_for_function(
            "([low, high]) => { const at = Number(new URLSearchParams(location.search).get('at'));"
            " return at > low && at < high }",
            arg=[moment - 30_000, moment + 30_000],
        )
        page.wait_for_function(
            """([limit, high]) => {
                const tag = document.querySelector('[data-testid="schematic"] [data-sensor="FT-101"] b');
                return parseFloat(tag.textContent) > limit === high;
            }""",
            arg=[high - 1.6, is_high],
        )
