"""Actions of a user on the pages."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.installation import PASSWORD


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def number(text: str | None) -> float:
    """A figure as it is written for people."""
    found = re.search(r"[−-]?[\d,]+(\.\d+)?", text or "")
    assert found, f"no figure in {text!r}"
    return float(found.group().replace("−", "-").replace(",", ""))


def shown_span(page: Page) -> tuple[int, int]:
    """The range in the URL."""
    start, end = (re.search(rf"[?&]{name}=(\d+)", page.url) for name in ("start", "end"))
    assert start and end, page.url
    return int(start.group(1)), int(end.group(1))


def place(area: Locator, at: int, span: tuple[int, int]) -> tuple[float, float]:
    """Where a moment is in a chart, in pixels of the page."""
    box = area.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (at - span[0]) / (span[1] - span[0]), box["y"] + box["height"] / 2


def point_at(page: Page, at: int) -> None:
    """Click a moment in the trend."""
    x, y = place(page.get_by_test_id("chart-area"), at, shown_span(page))
    page.mouse.click(x, y)
    # Two clicks within a third of a second are a double click, which goes back.
    page.wait_for_timeout(400)


def value_of(page: Page, tag: str) -> float:
    """A sensor's value at the cursor, from the table; waits for one."""
    cell = value_cell(page, tag)
    expect(cell).to_contain_text(re.compile(r"\d"))
    return number(cell.inner_text())


def value_cell(page: Page, tag: str) -> Locator:
    return page.get_by_test_id(f"value-{tag}").locator("td").nth(1)


def set_range(page: Page, start: str, end: str) -> None:
    page.get_by_test_id("range").click()
    page.get_by_label("From").fill(start)
    page.get_by_label("To", exact=True).fill(end)
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_label("From")).to_have_count(0)


def scrub_to(page: Page, at: int) -> None:
    """Drag the time bar's playhead to a moment, as near as a pixel allows."""
    head = page.get_by_role("slider", name="Moment")
    track = page.get_by_test_id("time-track").bounding_box()
    grip = head.bounding_box()
    assert track is not None and grip is not None
    low, high, now = (int(head.get_attribute(f"aria-value{name}") or 0) for name in ("min", "max", "now"))
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    scale = track["width"] / (high - low)
    for _ in range(4):
        x += (at - now) * scale
        page.mouse.move(x, y, steps=6)
        page.wait_for_timeout(60)
        now = int(head.get_attribute("aria-valuenow") or 0)
    page.mouse.up()
