"""On a phone: home, one trend and one schematic are read and used, and the editor's tools stay within the screen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import PHONE, Loop, OpenPage
from tests.e2e.test_pages import settle, show_in, unreadable


def test_home_a_trend_and_a_schematic_fit_and_are_readable_in_both_schemes(
    open_page: OpenPage, written_loop: Loop
) -> None:
    page, schemes = open_page(written_loop.person, PHONE), ["light", "dark"]
    span = f"start={written_loop.start}&end={written_loop.end}"
    for name in ("home", f"trends?sensors=FT-101&{span}", f"plant?at={written_loop.closed}"):
        page.goto(f"/t/{written_loop.slug}/{name}")
        settle(page)
        for scheme in schemes:
            show_in(page, scheme)
            assert unreadable(page) == [], f"{name}, {scheme}"
        schemes.reverse()  # the next page is loaded in the scheme of this one


def test_a_schematic_is_used_by_touch(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, PHONE)
    page.goto(f"/t/{written_loop.slug}/plant?at={written_loop.closed}")
    schematic = page.get_by_test_id("schematic")
    expect(schematic.locator('[data-asset="PUMP"]')).to_be_in_viewport()
    box = schematic.bounding_box()
    assert box is not None and box["height"] > 250, "the drawing has most of the screen"
    bar, badge = page.get_by_role("banner").bounding_box(), page.get_by_test_id("badge").bounding_box()
    assert bar is not None and bar["height"] < 110, "where am I, and when: two rows"
    assert badge is not None and badge["width"] > 125, "the moment is read in full"
    schematic.locator('[data-asset="PUMP"]').click()
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_be_in_viewport()
    expect(details).to_contain_text("PUMP")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_trend_is_used_by_touch(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person, PHONE)
    span = f"start={written_loop.start}&end={written_loop.end}"
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&{span}")
    area = page.get_by_test_id("chart-area")
    expect(area).to_be_in_viewport()
    box = area.bounding_box()
    assert box is not None and box["width"] > 250 and box["height"] > 120
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_test_id("value-FT-101").locator("td").nth(1)).to_contain_text(re.compile(r"\d"))


def test_the_editors_tools_wrap_instead_of_scrolling_sideways(open_page: OpenPage, written_loop: Loop) -> None:
    for size in (PHONE, (768, 1024), (1024, 768)):
        page = open_page(written_loop.person, size)
        page.goto(f"/t/{written_loop.slug}/plant")
        settle(page)
        page.goto(re.sub(r"(\?.*)?$", "/edit", page.url, count=1))
        expect(page.get_by_test_id("edit-canvas")).to_be_visible()
        for part in (page.get_by_role("toolbar", name="Tools"), page.get_by_role("navigation", name="Palette")):
            assert wider(part) <= 0, size
        box = page.get_by_test_id("edit-canvas").bounding_box()
        assert box is not None and box["height"] > 240, size
        page.close()


def wider(part: Locator) -> int:
    return int(part.evaluate("each => each.scrollWidth - each.clientWidth"))
