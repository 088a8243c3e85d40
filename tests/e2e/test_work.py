"""Work: cases out of alarms and by hand, plans, campaigns and reliability, on a screen and on a phone."""

from __future__ import annotations

import json
import re
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.alarm_loop import clear, ensure_rule, listed, until_listed, write
from tests.e2e.conftest import PHONE, TABLET, WIDE, Loop, OpenPage, Watch, _make_loop, write_morning
from tests.e2e.test_accessibility import wrong_pages
from tests.installation import Platform

HOUR, DAY = 3_600_000, 86_400_000
RULE = "Flow too low"


@dataclass(frozen=True)
class Workshop:
    """A tenant with the loop, and its API as its engineer calls it."""

    loop: Loop
    call: Callable[..., Any]
    asset: str

    def address(self, path: str) -> str:
        return f"/t/{self.loop.slug}/{path}"

    def case(self, title: str, **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.call("POST", "cases", title=title, asset=self.asset, **fields)
        return made

    def open_cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "cases?state=open,in_progress")["results"]
        return found


@pytest.fixture(scope="module")
def workshop(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    loop = _make_loop(platform, "loop-work", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])
    ensure_rule(platform, loop, RULE, limit=20.0)

    def call(method: str, path: str, **body: Any) -> Any:
        response = platform.call(method, f"/api/v1/{path}", loop.person, **({"json": body} if body else {}))
        assert response.ok, response.text
        return response.json() if response.content else None

    [pump] = [each["id"] for each in call("GET", "assets")["results"] if each["tag"] == "PUMP"]
    return Workshop(loop, call, pump)


@pytest.fixture(autouse=True)
def nothing_is_open(workshop: Workshop) -> None:
    """Cases stay, as they count for the figures; the open ones of earlier tests are cancelled."""
    for case in workshop.open_cases():
        content = {"title": case["title"], "asset": workshop.asset, "state": "cancelled", "revision": case["revision"]}
        if case["began"] is not None:
            content["began"] = case["began"]
        workshop.call("PUT", f"cases/{case['id']}", **content)


def photo(file: Path) -> Path:
    """A grey picture of 8 by 8."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes([120] * 8) for _ in range(8)))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return file


def details_of(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


def row_of(page: Page, title: str) -> Locator:
    return page.get_by_test_id("cases").get_by_role("row").filter(has_text=title)


def field(form: Locator, label: str) -> Locator:
    """Of a list to choose from, which has that label, too."""
    return form.get_by_label(label, exact=True).and_(form.locator("input")).first


def test_an_alarm_becomes_a_case_that_is_done_by_keyboard(
    open_page: OpenPage, platform: Platform, workshop: Workshop
) -> None:
    loop = workshop.loop
    clear(platform, loop)
    write(platform, loop, 11.0)
    until_listed(platform, loop, 1)
    [alarm] = listed(platform, loop)
    page = open_page(loop.person)
    page.goto(workshop.address(f"alarms?alarm={alarm['key']}"))
    details_of(page).get_by_role("button", name="Open a case…").click()
    form = page.get_by_role("dialog", name="Open a case")
    expect(form.get_by_label("Title")).to_have_value(f"FT-101 {RULE}")
    expect(form.get_by_label("The originating alarm")).to_have_value(re.compile("FT-101"))
    form.get_by_role("button", name="Open a case").click()
    work = details_of(page).get_by_role("list", name="Work")
    work.get_by_role("link", name=re.compile(RULE)).click()

    details = details_of(page)
    expect(details).to_contain_text("Open")
    [case] = workshop.open_cases()
    assert (case["alarm"]["key"], case["priority"], case["sensor"]["tag"]) == (alarm["key"], 2, "FT-101")
    page.keyboard.press("a")
    expect(row_of(page, RULE)).to_contain_text(loop.person)
    page.keyboard.press("s")
    expect(details.get_by_text("In progress").first).to_be_visible()
    page.keyboard.press("d")
    done = page.get_by_role("dialog", name="The case is done")
    done.get_by_label("What was done").fill("Hand valve opened")
    done.get_by_label("The asset had failed").check()
    done.get_by_role("button", name="Done").click()
    expect(details).to_contain_text("Hand valve opened")
    expect(details.get_by_role("button", name="Reopen")).to_be_visible()
    stored = workshop.call("GET", f"cases/{case['id']}")
    assert [step["state"] for step in stored["steps"]] == ["open", "in_progress", "done"]
    assert stored["failure"] and stored["assigned"]["name"] == loop.person
    details.get_by_role("link", name="See the alarm").click()
    expect(details).to_contain_text(RULE)
    clear(platform, loop)


def test_a_case_at_an_asset_takes_photos_on_a_phone(open_page: OpenPage, workshop: Workshop, tmp_path: Path) -> None:
    page = open_page(workshop.loop.person, PHONE)
    page.goto(workshop.address("plant?asset=PUMP"))
    details_of(page).get_by_role("button", name="Open a case…").click()
    form = page.get_by_role("dialog", name="Open a case")
    form.get_by_label("Title").fill("Shaft seal leaks")
    form.get_by_role("button", name="Open a case").click()
    details_of(page).get_by_role("link", name=re.compile("Shaft seal leaks")).click()
    expect(page.get_by_role("heading", name=re.compile("Shaft seal leaks"))).to_be_in_viewport()
    expect(page.get_by_test_id("cases")).to_have_count(0)

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Photo", exact=True).click()
    chooser.value.set_files(photo(tmp_path / "seal.png"))
    small = page.get_by_role("img", name=f"seal.png, by {workshop.loop.person}")
    expect(small).to_be_visible()
    assert small.evaluate("image => image.naturalWidth") == 8, "the picture was not decoded"
    page.get_by_role("textbox", name="Add a note").fill("Two drops a second")
    page.get_by_role("button", name="Add note").click()
    expect(details_of(page)).to_contain_text("Two drops a second")
    small.click()
    dialog = page.get_by_role("dialog", name="seal.png")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "seal.png"
    dialog.get_by_role("button", name="Delete for everybody").click()
    expect(small).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name="Back to the list").click()
    expect(row_of(page, "Shaft seal leaks")).to_be_visible()


def test_what_is_overdue_or_mine_is_on_home_and_the_past_is_as_it_was(open_page: OpenPage, workshop: Workshop) -> None:
    now = int(time.time() * 1000)
    late = workshop.case("Grease the bearings", opened=now - 3 * DAY, due=now - 2 * DAY, kind="maintenance")
    page = open_page(workshop.loop.person)
    page.goto(workshop.address("home"))
    work = page.get_by_role("table", name="Work", exact=True)
    expect(work).to_contain_text("Grease the bearings")
    expect(work).to_contain_text("overdue by 2 d")
    page.get_by_role("link", name="1 overdue").click()
    expect(row_of(page, "Grease the bearings")).to_contain_text("overdue by 2 d")
    content = {**{name: late[name] for name in ("due", "kind", "revision")}, "title": "Bearings greased"}
    workshop.call("PUT", f"cases/{late['id']}", **content, asset=workshop.asset, state="done")
    expect(page.get_by_text("No case matches the filter")).to_be_visible()

    page.goto(workshop.address(f"work?at={now - DAY}&case={late['id']}"))
    expect(row_of(page, "Grease the bearings")).to_contain_text("overdue by 1 d")
    details = details_of(page)
    expect(details.get_by_role("button", name="Start")).to_be_disabled()
    expect(details).to_contain_text("You are viewing history. Go to live to make changes.")
    page.goto(workshop.address(f"work?at={now - 4 * DAY}"))
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    page.goto(workshop.address("work?show=all"))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert "Bearings greased" in Path(download.value.path()).read_text()


def test_two_people_who_change_a_case_lose_nothing(open_page: OpenPage, workshop: Workshop, watch: Watch) -> None:
    case = workshop.case("Clean the strainer")
    page = open_page(workshop.loop.person)
    page.goto(workshop.address(f"work?case={case['id']}"))
    details_of(page).get_by_role("button", name="Edit…").click()
    form = page.get_by_role("dialog", name="Edit the case")
    form.get_by_label("Title").fill("Clean the strainer twice")
    theirs = {"title": case["title"], "asset": workshop.asset, "priority": 1, "revision": case["revision"]}
    workshop.call("PUT", f"cases/{case['id']}", **theirs)
    watch.allow("409 (Conflict)")
    form.get_by_role("button", name="Save").click()
    form.get_by_role("alertdialog").get_by_role("button", name="Save my changes on top").click()
    expect(form).to_be_hidden()
    stored = workshop.call("GET", f"cases/{case['id']}")
    assert (stored["title"], stored["priority"]) == ("Clean the strainer twice", 1)


def test_a_plan_and_a_campaign_are_written_and_followed(open_page: OpenPage, workshop: Workshop, watch: Watch) -> None:
    page = open_page(workshop.loop.person)
    page.goto(workshop.address("work/maintenance"))
    expect(page.get_by_text("No maintenance plans yet")).to_be_visible()
    page.keyboard.press("n")
    form = page.get_by_role("dialog", name="New maintenance plan")
    form.get_by_label("Name").fill("Pump service")
    field(form, "For").click()
    page.get_by_role("option", name="Some assets").click()
    field(form, "Assets").fill("PUMP")
    page.get_by_role("option", name=re.compile("^PUMP")).click()
    form.get_by_label("Hours of running").fill("2000")
    form.get_by_label("Counted by the sensor").fill("RUN-*")
    form.get_by_label("Events").fill("1")
    form.get_by_label("Of type").fill("overload")
    form.get_by_label("Instruction").fill("Change the seal")
    form.get_by_role("button", name="Save").click()
    details = details_of(page)
    expect(details).to_contain_text("6 months or 2,000 h of running (RUN-*) or 1 event “overload”")
    expect(details).to_contain_text("PUMP")
    expect(details).to_contain_text("Last done never")
    expect(details).to_contain_text("The asset has no counter that fits RUN-*.")
    [plan] = workshop.call("GET", "maintenance-plans")["results"]
    assert plan["target"]["assets"] == [workshop.asset]
    assert (plan["every"]["run_hours"]["hours"], plan["every"]["events"]) == (2_000, {"type": "overload", "count": 1})
    address = page.url
    details.get_by_role("link", name="Its cases").click()
    expect(page.get_by_text("Only of one maintenance plan")).to_be_visible()
    expect(page.get_by_text("No case matches the filter")).to_be_visible()
    page.goto(f"{address}&at={plan['created'] - 60_000}")
    expect(details_of(page)).to_contain_text("There was no such plan at this moment.")
    expect(page.get_by_text("No maintenance plans at this moment")).to_be_visible()
    page.goto(address)
    details.get_by_role("button", name="Delete…").click()
    watch.allow("/api/v1/maintenance-plans/")  # its details may be read again before they are closed
    page.get_by_role("dialog").get_by_role("button", name="Delete the plan").click()
    expect(page.get_by_text("No maintenance plans yet")).to_be_visible()

    device = workshop.call("POST", "devices", name="gw-roof")["id"]
    page.get_by_role("navigation", name="Work").get_by_role("link", name="Campaigns").click()
    page.get_by_role("button", name="Add a campaign").click()
    form = page.get_by_role("dialog", name="New campaign")
    form.get_by_label("Name", exact=True).fill("Gateways to 4.2")
    field(form, "Names").fill("gw-*")
    field(form, "Names").press("Enter")
    form.get_by_role("button", name="Save").click()
    expect(details).to_contain_text("0 of 1")
    tick = details.get_by_role("checkbox", name="Select gw-roof")
    [campaign] = workshop.call("GET", "campaigns")["results"]
    for button, heading in (("Skip", "Skipped 1"), ("Take back", "To do 1"), ("Open cases", "To do 1")):
        tick.check()
        details.get_by_role("button", name=button).click()
        expect(details.get_by_role("heading", name=heading)).to_be_visible()
    expect(details).to_contain_text("1 case opened.")
    [case] = workshop.open_cases()
    assert (case["title"], case["device"]["name"], case["campaign"]) == (
        "Gateways to 4.2: gw-roof", "gw-roof", campaign["id"],
    )  # fmt: skip
    before = case["opened"]
    tick.check()
    details.get_by_role("button", name="Done").click()
    expect(details).to_contain_text("1 of 1")
    page.goto(workshop.address(f"work/campaigns?campaign={campaign['id']}&at={before}"))
    expect(details).to_contain_text("0 of 1")
    expect(tick).to_have_count(0)
    stored = workshop.call("GET", f"campaigns/{campaign['id']}")["devices"]
    assert [(each["device"], each["progress"]) for each in stored] == [(device, "done")]
    workshop.call("DELETE", f"campaigns/{campaign['id']}")
    workshop.call("PUT", f"cases/{case['id']}", title=case["title"], device=device, state="cancelled", revision=1)
    workshop.call("DELETE", f"devices/{device}")


@pytest.fixture
def other_site(workshop: Workshop) -> Iterator[None]:
    made = workshop.call("POST", "sites", slug="zz-works", name="Other works", timezone="UTC")["id"]
    yield
    workshop.call("DELETE", f"sites/{made}")


@pytest.mark.usefixtures("other_site")
def test_a_case_of_a_device_that_is_nowhere_is_opened_and_found(open_page: OpenPage, workshop: Workshop) -> None:
    device = workshop.call("POST", "devices", name="gw-cellar")["id"]
    page = open_page(workshop.loop.person)
    page.goto(workshop.address("work"))
    page.get_by_role("button", name="New case").first.click()
    form = page.get_by_role("dialog", name="Open a case")
    form.get_by_label("Title").fill("Antenna is loose")
    field(form, "Device").fill("cellar")
    page.get_by_role("option", name="gw-cellar").click()
    form.get_by_role("button", name="Open a case").click()
    details = details_of(page)
    expect(details).to_contain_text("gw-cellar")
    expect(row_of(page, "Antenna is loose")).to_have_count(0)
    page.get_by_text("1 case of what belongs to no site.").get_by_role("button", name="Show").click()
    expect(row_of(page, "Antenna is loose")).to_be_visible()
    expect(page.get_by_text("Only of what belongs to no site")).to_be_visible()
    [case] = workshop.call("GET", "cases?without_site=true&state=open")["results"]
    page.goto(workshop.address("work/reliability"))
    expect(page.locator("#main")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search tags, assets, cases, views, commands").fill("antenna")
    page.get_by_role("option", name=f"#{case['number']} Antenna is loose").click()
    expect(details).to_contain_text("gw-cellar")
    workshop.call("PUT", f"cases/{case['id']}", title=case["title"], device=device, state="cancelled", revision=1)
    workshop.call("DELETE", f"devices/{device}")


def fail(workshop: Workshop, days_ago: int, hours: int) -> None:
    """A failure of the pump that was restored after so many hours."""
    start = int(time.time() * 1000) - days_ago * DAY
    workshop.case(
        f"Pump failed {days_ago} days ago", opened=start, began=start, ended=start + hours * HOUR, state="done",
        failure=True, downtime={"start": start, "end": start + hours * HOUR}, what_was_done="Restarted",
    )  # fmt: skip


def test_failures_become_figures_with_a_trend(open_page: OpenPage, workshop: Workshop) -> None:
    for days_ago, hours in ((300, 2), (200, 4), (100, 6), (30, 8)):
        fail(workshop, days_ago, hours)
    page = open_page(workshop.loop.person)
    page.goto(workshop.address("work/reliability"))
    expect(page.get_by_role("img", name=re.compile(r"failures in \d+ months"))).to_be_visible()
    figures = workshop.call("GET", f"reliability?asset={workshop.asset}")
    assert figures["failures"] >= 4 and figures["mtbf_h"] > 0
    table = page.get_by_role("table", name="By asset")
    expect(table).to_contain_text("PUMP")
    table.get_by_role("link", name=re.compile("PUMP")).click()
    expect(row_of(page, "Pump failed 30 days ago")).to_be_visible()
    expect(page.get_by_text("Only of PUMP")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_every_part_is_readable_and_accessible(open_page: OpenPage, workshop: Workshop, size: tuple[int, int]) -> None:
    now = int(time.time() * 1000)
    case = workshop.case("Brush the tubes " * 6, opened=now - DAY, due=now - HOUR, description="Works " * 40)
    workshop.call("POST", f"cases/{case['id']}/notes", text="Ordered brushes")
    workshop.case("Replace the filter", due=now + 3 * DAY)
    fail(workshop, 40, 3)
    parts = ["work", f"work?case={case['id']}", "work/maintenance", "work/campaigns", "work/reliability", "home"]
    wrong = wrong_pages(open_page(workshop.loop.person, size), [workshop.address(part) for part in parts])
    assert not wrong, json.dumps(wrong, indent=1)
