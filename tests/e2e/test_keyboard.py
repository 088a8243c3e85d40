"""Frequent actions by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.acts import shown_span
from tests.e2e.conftest import Loop, OpenPage


def test_search_finds_a_tag_and_opens_its_trend(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/home")
    expect(page.locator("#main")).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=re.compile("Search"))
    expect(field).to_be_focused()
    field.fill("flow ft")
    expect(page.get_by_role("option", selected=True)).to_contain_text("FT-101")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/trends"))
    expect(page.get_by_role("treeitem", name=re.compile("FT-101"))).to_have_attribute("aria-selected", "true")


def test_the_tree_is_walked_and_ticked_with_arrows_and_space(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/trends")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Filter tags")).to_be_focused()
    page.keyboard.type("pt-101")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("tree")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(page.get_by_role("treeitem", name=re.compile("PT-101"))).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("sensors="))


def test_a_trend_is_moved_zoomed_and_brought_back(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    start, end = written_loop.start, written_loop.end
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&start={start}&end={end}")
    expect(page.get_by_test_id("foot")).to_contain_text("samples")
    quarter = (end - start) // 4
    page.keyboard.press("ArrowRight")
    page.wait_for_function("start => !location.search.includes('start=' + start)", arg=start)
    assert abs(shown_span(page)[0] - start - quarter) <= 1
    page.keyboard.press("+")
    page.wait_for_function("end => !location.search.includes('end=' + end)", arg=end + quarter)
    near = shown_span(page)
    assert near[1] - near[0] < (end - start) * 0.51
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.wait_for_function("start => location.search.includes('start=' + start)", arg=start)
    page.keyboard.press(".")
    page.wait_for_function("location.search.includes('c=')")
    expect(page.get_by_test_id("cursor-time")).to_be_visible()
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile("mode="))


def test_numbers_lead_to_the_pages_and_l_back_to_live(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/home?at={written_loop.closed}")
    expect(page.get_by_test_id("badge")).to_contain_text("HISTORY")
    page.keyboard.press("3")
    expect(page).to_have_url(re.compile(rf"/trends\?.*at={written_loop.closed}"))
    page.keyboard.press("l")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
