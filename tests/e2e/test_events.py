"""Events: they are marked as they are stored, and their look-up tables are kept as files."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_live import write
from tests.installation import Platform
from tests.waiting import wait_until


def send(platform: Platform, loop: Loop, device: str, **fields: object) -> None:
    event = {"ts": time.time_ns() // 10**6, "type": "door.opened", "device": device, **fields}
    response = platform.call("POST", "/api/v1/events", loop.person, json=[event])
    assert response.status_code == 202, response.text


def mark(page: Page, device: str) -> Locator:
    return page.get_by_test_id("event-marks").get_by_role("img", name=device)


def test_an_event_is_marked_soon_after_it_was_stored_without_polling(
    open_page: OpenPage, platform: Platform, live_loop: Loop
) -> None:
    page, asked = open_page(live_loop.person), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    write(platform, live_loop, 5.0)  # there is something to draw
    with page.expect_response(lambda response: response.ok and "/api/v1/stream?" in response.url):
        page.goto(f"/t/{live_loop.slug}/trends?sensors=FT-101&range=5min")
    expect(page.get_by_test_id("event-marks")).to_be_attached()
    send(platform, live_loop, "M-1")  # its type is not known to the page yet
    expect(mark(page, "M-1")).to_be_visible()
    page.wait_for_timeout(4000)
    before = sum("/api/v1/events?" in url for url in asked)
    page.wait_for_timeout(8000)
    assert sum("/api/v1/events?" in url for url in asked) <= before + 1, "every minute; polling asks every 2 s"
    send(platform, live_loop, "M-2")
    expect(mark(page, "M-2")).to_be_visible()


def test_a_look_up_table_is_made_filled_corrected_and_removed(
    open_page: OpenPage, platform: Platform, live_loop: Loop, tmp_path: Path, watch: Watch
) -> None:
    watch.allow("400")
    page = open_page(live_loop.person)
    page.goto(f"/t/{live_loop.slug}/data/events")
    page.get_by_role("button", name="New table").click()
    form = page.get_by_role("dialog", name="New table")
    form.get_by_label("Name").fill("shifts")
    form.get_by_label("Time zone").fill("UTC")
    form.get_by_role("button", name="New table").click()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_text("No rows.")).to_be_visible()

    file = tmp_path / "shifts.csv"
    file.write_text("key,shift,from\nM-9,early,yesterday\n,late,\nM-1,,\n")
    upload = details.locator("input[type=file]")
    upload.set_input_files(file)
    expect(details.get_by_role("alert")).to_contain_text("Row 2, from")
    expect(details.get_by_role("listitem").last).to_contain_text("row 4")
    rows = "".join(f"M-{k},=shift {k},\n" for k in range(150))
    file.write_text(f"key,shift,from\n{rows}")
    upload.set_input_files(file)
    expect(details.get_by_role("status")).to_contain_text("150 rows are stored")
    table = details.get_by_role("table", name="Rows")
    expect(table.get_by_role("row")).to_have_count(101)
    details.get_by_role("button", name="Show more").click()
    expect(table.get_by_role("row")).to_have_count(151)
    with page.expect_download() as download:
        details.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "shifts.csv"
    assert "'=shift 7" in Path(download.value.path()).read_text(), "a spreadsheet runs no formula"

    send(platform, live_loop, "M-7", lid=1)
    newest = {"device": "M-7", "limit": 1}

    def context() -> object:
        found = platform.get("/api/v1/events", live_loop.person, **newest).json()["results"]
        return found and found[0]["context"]

    wait_until(lambda: context() == {"shift": "=shift 7"}, told=context)
    details.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog", name="Remove").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No look-up tables.")).to_be_visible()
