"""Values appear by themselves; a broken stream is visible, and shows no older value when it is back."""

from __future__ import annotations

import os
import re
import signal
import time

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_main_job import flow_tag
from tests.installation import Platform

RECORD = """
  const seen = (window.seen = []);
  const note = () => {
    const text = document.querySelector('[data-testid="schematic"] [data-sensor="FT-101"] b')?.textContent;
    if (text && text !== seen.at(-1)) seen.push(text);
    requestAnimationFrame(note);
  };
  note();
"""


def write(platform: Platform, loop: Loop, value: float) -> None:
    site = platform.get("/api/v1/sites", loop.person).json()["results"][0]["slug"]
    response = platform.call("POST", "/write", loop.person, data=f"{site},sensor=FT-101 value={value}")
    assert response.status_code == 204, response.text


def open_drawing(page: Page, loop: Loop) -> list[str]:
    """The drawing, live; the addresses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(lambda response: response.ok and "/api/v1/stream?" in response.url):
        page.goto(f"/t/{loop.slug}/plant")
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    expect(flow_tag(page)).to_be_visible()
    page.evaluate(RECORD)
    return asked


def show(page: Page, platform: Platform, loop: Loop, value: float) -> None:
    write(platform, loop, value)
    expect(flow_tag(page)).to_have_text(re.compile(rf"^{value:.1f}"))


def test_a_value_is_on_the_drawing_soon_after_it_was_written_and_nothing_polls(
    open_page: OpenPage, platform: Platform, live_loop: Loop
) -> None:
    page = open_page(live_loop.person)
    asked = open_drawing(page, live_loop)
    show(page, platform, live_loop, 11.1)
    before = len([url for url in asked if "/frame" in url])
    for value in (12.2, 13.3, 14.4):
        show(page, platform, live_loop, value)
        page.wait_for_timeout(1500)
    assert len([url for url in asked if "/frame" in url]) == before


def test_a_killed_stream_is_visible_and_comes_back_without_an_older_value(
    open_page: OpenPage, platform: Platform, live_loop: Loop, watch: Watch
) -> None:
    watch.allow("ERR_CONNECTION")
    watch.allow("ERR_INCOMPLETE_CHUNKED_ENCODING")
    watch.allow("503")
    page = open_page(live_loop.person)
    open_drawing(page, live_loop)
    show(page, platform, live_loop, 21.1)
    status = platform.supervisor.status("stream")
    assert status is not None
    platform.supervisor.stop_program("stream")
    try:
        expect(page.get_by_test_id("badge")).to_contain_text("RECONNECTING")
        show(page, platform, live_loop, 22.2)  # by polling, after a while
    finally:
        platform.supervisor.start_program("stream")
    show(page, platform, live_loop, 23.3)
    now = platform.supervisor.status("stream")
    assert now is not None and now.pid != status.pid
    expect(page.get_by_test_id("badge")).to_contain_text("LIVE")
    os.kill(now.pid, signal.SIGKILL)
    write(platform, live_loop, 24.4)
    expect(flow_tag(page)).to_have_text(re.compile(r"^24\.4"))
    show(page, platform, live_loop, 25.5)
    seen = [float(text.split()[0]) for text in page.evaluate("window.seen")]
    assert seen[-5:] == [21.1, 22.2, 23.3, 24.4, 25.5]
    assert seen == sorted(seen[:-5]) + seen[-5:]


def test_two_tenants_see_their_own_values_only(
    open_page: OpenPage, platform: Platform, live_loop: Loop, spare_loop: Loop
) -> None:
    ours, theirs = open_page(live_loop.person), open_page(spare_loop.person)
    open_drawing(ours, live_loop)
    open_drawing(theirs, spare_loop)
    write(platform, live_loop, 31.1)
    write(platform, spare_loop, 32.2)
    expect(flow_tag(ours)).to_have_text(re.compile(r"^31\.1"))
    expect(flow_tag(theirs)).to_have_text(re.compile(r"^32\.2"))
    time.sleep(1)
    assert "32.2" not in " ".join(ours.evaluate("window.seen"))
    assert "31.1" not in " ".join(theirs.evaluate("window.seen"))
