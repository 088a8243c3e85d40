"""Notes, saved views, dashboards, kiosk mode and reports in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, TABLET, WIDE, Loop, OpenPage, Watch
from tests.e2e.test_pages import FAINT, settle, show_in
from tests.installation import Platform


@dataclass(frozen=True)
class Desk:
    """A tenant with its engineer, and what tests keep there; all of it goes afterwards."""

    loop: Loop
    sensors: dict[str, str]
    schematic: str
    call: Callable[..., Any]

    def address(self, page: str, more: str = "") -> str:
        return f"/t/{self.loop.slug}/{page}?start={self.loop.start}&end={self.loop.end}{more}"


@pytest.fixture
def desk(platform: Platform, edited_loop: Loop) -> Iterator[Desk]:
    person = edited_loop.person

    def call(method: str, path: str, **body: Any) -> Any:
        response = platform.call(method, f"/api/v1/{path}", person, **({"json": body} if body else {}))
        assert response.ok, response.text
        return response.json() if response.content else None

    sensors = {each["tag"]: each["id"] for each in call("GET", "sensors?limit=1000")["results"]}
    schematic = call("GET", "schematics")["results"][0]["id"]
    yield Desk(edited_loop, sensors, schematic, call)
    for kind in ("annotations", "dashboards", "saved-views"):
        for each in call("GET", f"{kind}?limit=1000")["results"]:
            call("DELETE", f"{kind}/{each['id']}")


def make_board(desk: Desk, **more: Any) -> str:
    flow, pressure = desk.sensors["FT-101"], desk.sensors["PT-101"]
    tiles = [
        {"id": "a", "kind": "trend", "x": 0, "y": 0, "width": 6, "height": 6, "sensors": [flow, pressure]},
        {"id": "b", "kind": "values", "x": 6, "y": 0, "width": 3, "height": 6, "sensors": list(desk.sensors.values())},
        {"id": "c", "kind": "text", "x": 9, "y": 0, "width": 3, "height": 2, "text": "Call the shift lead first."},
        {"id": "d", "kind": "schematic", "x": 0, "y": 6, "width": 6, "height": 7, "schematic": desk.schematic},
        {"id": "e", "kind": "table", "x": 6, "y": 6, "width": 6, "height": 5, "sensors": [flow, pressure]},
    ]
    content = {"name": "Shift", "tiles": tiles, "range": "40min", "shared": True, **more}
    return str(desk.call("POST", "dashboards", **content)["id"])


def test_a_note_is_written_found_changed_and_deleted(
    open_page: OpenPage, desk: Desk, tmp_path: Path, watch: Watch
) -> None:
    page = open_page(desk.loop.person)
    page.goto(desk.address("trends", f"&sensors={desk.sensors['FT-101']}&pane=notes"))
    page.get_by_role("button", name="New note").click()
    form = page.get_by_role("dialog", name=re.compile("note$"))
    form.get_by_label("Text").fill("Valve jammed")
    form.get_by_label("Link").fill("https://wiki.example/valve")
    photo = tmp_path / "valve.txt"
    photo.write_text("a photo")
    with page.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Add a file").click()
    chooser.value.set_files(photo)
    expect(form.get_by_label("Files")).to_contain_text("valve.txt")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    notes = page.get_by_test_id("notes")
    expect(notes).to_contain_text("FT-101")
    expect(notes).to_contain_text("Valve jammed")
    expect(notes.get_by_role("link", name=re.compile("wiki.example"))).to_have_attribute("rel", re.compile("noopener"))
    with page.expect_download() as download:
        notes.get_by_role("link", name=re.compile("valve.txt")).click()
    assert download.value.suggested_filename == "valve.txt"
    flag = page.get_by_test_id("note-marks").get_by_role("button")
    expect(flag).to_have_attribute("title", re.compile("Valve jammed"))

    # Somebody else is faster: theirs is shown, and mine may still be saved.
    (stored,) = desk.call("GET", "annotations")["results"]
    content = {name: stored[name] for name in ("target", "start", "end", "link")}
    notes.get_by_role("button", name="Edit").click()
    desk.call("PUT", f"annotations/{stored['id']}", **content, text="Valve repaired", revision=stored["revision"])
    form.get_by_label("Text").fill("Valve jammed again")
    watch.allow("409 (Conflict)")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alertdialog")).to_contain_text("Valve repaired")
    form.get_by_role("button", name="Save mine instead").click()
    expect(notes).to_contain_text("Valve jammed again")

    page.get_by_label("Search notes").fill("JAMMED")
    expect(notes.get_by_role("listitem")).to_have_count(1)
    page.get_by_label("Search notes").fill("nothing of it")
    expect(page.get_by_text("No note contains “nothing of it”.")).to_be_visible()
    page.get_by_label("Search notes").fill("")
    notes.get_by_role("button", name="Edit").click()
    form.get_by_role("button", name="Delete note").click()
    form.get_by_role("button", name="Delete note").click()
    expect(page.get_by_text("No notes in this range.")).to_be_visible()
    assert desk.call("GET", "annotations")["results"] == []


def test_a_note_is_on_the_time_bar_of_a_drawing(open_page: OpenPage, desk: Desk) -> None:
    closed = desk.loop.closed
    desk.call(
        "POST", "annotations", target=desk.schematic, text="Valve closed by hand", start=closed, end=closed + 240_000
    )
    page = open_page(desk.loop.person)
    page.goto(f"/t/{desk.loop.slug}/plant/{desk.schematic}?at={desk.loop.after}&span=8h")
    ticks = page.get_by_test_id("note-ticks")
    expect(ticks.get_by_role("img")).to_have_attribute("aria-label", re.compile("Valve closed by hand"))
    expect(ticks.locator("line")).to_have_count(1)
    page.get_by_role("button", name="Notes").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("notes")).to_contain_text("Test loop")
    drawer.get_by_title(re.compile("^Show ")).click()
    expect(page).to_have_url(re.compile(f"at={closed}"))


def test_a_view_is_saved_opened_and_changed(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk.loop.person)
    page.goto(desk.address("trends", f"&sensors={desk.sensors['FT-101']}&mode=line"))
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitem", name="Save this view…").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Valve")
    form.get_by_label("Visible to everyone in the tenant").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Valve", exact=True)).to_be_visible()
    (stored,) = desk.call("GET", "saved-views")["results"]
    assert stored["shared"] and stored["trend"]["options"] == {"mode": "line"}
    assert (stored["trend"]["start"], stored["trend"]["end"]) == (desk.loop.start, desk.loop.end)

    page.goto(f"/t/{desk.loop.slug}/trends?sensors={desk.sensors['PT-101']}&range=7d")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitem", name="Valve").click()
    expect(page).to_have_url(re.compile(f"sensors={desk.sensors['FT-101']}"))
    assert "mode=line" in page.url and f"start={desk.loop.start}" in page.url and "range=" not in page.url
    page.get_by_role("group", name="Display").get_by_role("button", name="Band and mean").click()
    button = page.get_by_role("button", name=re.compile("^Valve"))
    expect(button).to_contain_text("changed")
    button.click()
    page.get_by_role("menuitem", name="Edit “Valve”…").click()
    form.get_by_label("Default view of this site's trends").check()
    form.get_by_role("button", name="Save").click()
    expect(button).not_to_contain_text("changed")
    page.goto(f"/t/{desk.loop.slug}/trends")
    expect(page).to_have_url(re.compile("mode=band"))
    expect(page.get_by_test_id("foot")).to_contain_text("band of")


def test_a_dashboard_is_made_dragged_and_resized_and_saves_itself(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk.loop.person)
    page.goto(f"/t/{desk.loop.slug}/dashboards?at={desk.loop.after}")
    page.get_by_role("button", name="New dashboard").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Night shift")
    form.get_by_role("button", name="Save").click()
    for kind, fill in (("Text", "Hall 3"), ("Values", "FT-101")):
        page.get_by_role("button", name="Add tile").click()
        page.get_by_role("menuitem", name=kind).click()
        if kind == "Text":
            form.get_by_label("Text").fill(fill)
        else:
            form.get_by_label("Sensors").fill(fill)
            page.get_by_role("option", name=re.compile(fill)).click()
            page.keyboard.press("Escape")
        form.get_by_role("button", name="Apply").click()
        expect(form).to_be_hidden()
    state = page.get_by_test_id("save-state")
    expect(state).to_have_text("Saved")

    def tiles() -> dict[str, dict[str, Any]]:
        (listed,) = desk.call("GET", "dashboards")["results"]
        return {tile["kind"]: tile for tile in desk.call("GET", f"dashboards/{listed['id']}")["tiles"]}

    before = tiles()
    assert before["values"]["sensors"] == [desk.sensors["FT-101"]]
    values = page.get_by_test_id(f"tile-{before['values']['id']}")
    head = values.locator("[data-handle]").bounding_box()
    assert head is not None
    page.mouse.move(head["x"] + 40, head["y"] + 12)
    page.mouse.down()
    page.mouse.move(head["x"] + 440, head["y"] + 12, steps=12)
    page.mouse.up()
    expect(state).to_have_text("Saved")
    page.wait_for_timeout(1_200)
    dragged = tiles()
    assert dragged["values"]["x"] > before["values"]["x"] and dragged["text"] == before["text"]

    values.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text(re.compile(r"FT-101: column \d+, row \d+, \d+ wide, \d+ high"))).to_be_attached()
    page.wait_for_timeout(1_500)
    expect(state).to_have_text("Saved")
    keyed = tiles()
    assert keyed["values"]["x"] == dragged["values"]["x"] - 1
    assert keyed["values"]["width"] == dragged["values"]["width"] + 1
    assert keyed["values"]["height"] == dragged["values"]["height"] + 1
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_test_id("board")).to_contain_text("Hall 3")
    expect(page.get_by_test_id("board")).to_contain_text("L/min")
    page.reload()
    expect(page.get_by_test_id("board")).to_contain_text("L/min")


def test_a_view_on_a_dashboard_says_what_it_does_not_draw_and_opens_with_its_own_range(
    open_page: OpenPage, desk: Desk
) -> None:
    trend = {
        "sensors": [desk.sensors["FT-101"], desk.sensors["PT-101"]],
        **{"range": None, "start": desk.loop.start, "end": desk.loop.end},
        "options": {"plot": "xy", "compare": "1d"},
    }
    site = desk.call("GET", "sites")["results"][0]["slug"]
    view = desk.call("POST", "saved-views", name="Pump curve", site=site, trend=trend, shared=True)["id"]
    place = {"kind": "view", "y": 0, "width": 6, "height": 7, "view": view}
    tiles = [{"id": "a", "x": 0, **place}, {"id": "b", "x": 6, **place, "range": "1h"}]
    board = make_board(desk, tiles=tiles)
    page = open_page(desk.loop.person)
    page.goto(f"/t/{desk.loop.slug}/dashboards/{board}?at={desk.loop.after}")
    for tile in "ab":
        expect(page.get_by_test_id(f"tile-{tile}").get_by_test_id("not-drawn")).to_have_text(
            re.compile("Not drawn here: the XY plot, the comparison with the range 1\\sd earlier.")
        )
        expect(page.get_by_test_id(f"tile-{tile}").locator("figure path").first).to_be_attached()
    page.get_by_test_id("tile-b").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/trends\?.*range=1h"))
    assert "plot=xy" in page.url and f"view={view}" in page.url and "start=" not in page.url
    page.go_back()
    page.get_by_test_id("tile-a").get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"start={desk.loop.start}"))
    expect(page.locator("[data-testid^=plot-] canvas").first).to_be_visible()


def test_what_others_note_and_share_appears_by_itself(open_page: OpenPage, desk: Desk) -> None:
    """Sooner than pages would ask: that is once a minute."""
    board = make_board(desk)
    wall, trends = open_page(desk.loop.person), open_page(desk.loop.person)
    wall.goto(f"/t/{desk.loop.slug}/dashboards/{board}?at={desk.loop.after}")
    trends.goto(desk.address("trends", f"&sensors={desk.sensors['FT-101']}&pane=notes"))
    expect(wall.get_by_test_id("board")).to_contain_text("Call the shift lead first.")
    expect(trends.get_by_text("No notes in this range.")).to_be_visible()
    desk.call("POST", "annotations", target=desk.sensors["FT-101"], text="Valve jammed", start=desk.loop.closed)
    expect(trends.get_by_test_id("notes")).to_contain_text("Valve jammed")
    text = {"id": "c", "kind": "text", "x": 0, "y": 0, "width": 3, "height": 2, "text": "All clear."}
    desk.call("PUT", f"dashboards/{board}", name="Shift", shared=True, range="8h", revision=1, tiles=[text])
    expect(wall.get_by_test_id("board")).to_contain_text("All clear.")


def test_two_people_who_edit_a_dashboard_do_not_lose_anything(open_page: OpenPage, desk: Desk, watch: Watch) -> None:
    board = make_board(desk)
    page = open_page(desk.loop.person)
    page.goto(f"/t/{desk.loop.slug}/dashboards/{board}?edit=1")
    expect(page.get_by_test_id("edit-grid")).to_contain_text("Call the shift lead first.")
    desk.call("PUT", f"dashboards/{board}", name="Theirs", shared=True, range="8h", revision=1)
    watch.allow("409 (Conflict)")
    page.get_by_test_id("tile-c").focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("alertdialog")).to_contain_text("changed this dashboard in the meantime")
    page.get_by_role("button", name="Save mine instead").click()
    expect(page.get_by_test_id("save-state")).to_have_text("Saved")
    stored = desk.call("GET", f"dashboards/{board}")
    assert (stored["name"], len(stored["tiles"]), stored["revision"]) == ("Shift", 5, 3)


def test_a_wall_screen_has_no_controls_rotates_and_shows_what_is_stale(open_page: OpenPage, desk: Desk) -> None:
    first = make_board(desk)
    second = make_board(desk, name="Yard")
    page = open_page(desk.loop.person)
    page.goto(f"/t/{desk.loop.slug}/dashboards/{first}?kiosk=1&rotate=5&with={first},{second}")
    kiosk = page.get_by_test_id("kiosk")
    expect(kiosk.get_by_role("heading", name="Shift")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(kiosk.get_by_test_id("badge")).to_contain_text("LIVE")
    expect(kiosk.locator("li[data-stale]").first).to_contain_text("old")  # the samples are of 2024
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(kiosk.get_by_role("heading", name="Yard")).to_be_visible()
    expect(kiosk.get_by_role("heading", name="Shift")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation")).to_be_visible()


def test_reports_are_pages_with_charts_as_vectors(open_page: OpenPage, desk: Desk) -> None:
    desk.call("POST", "annotations", target=desk.sensors["FT-101"], text="Valve jammed", start=desk.loop.closed)
    page = open_page(desk.loop.person, scheme="dark")
    tags = ("FT-101", "YA-101", "PT-101")
    page.goto(desk.address("trends", "&sensors=" + ",".join(desk.sensors[tag] for tag in tags)))
    page.get_by_role("link", name="Report").click()
    report = page.get_by_test_id("report")
    for text in ("FT-101", "Valve jammed", "L/min", "in UTC", "Made with Plantrace by", "samples, from"):
        expect(report).to_contain_text(text)
    expect(report.locator("figure path").first).to_be_attached()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF") and b"/Subtype /Image" not in pdf
    board = make_board(desk)
    page.goto(f"/t/{desk.loop.slug}/dashboards/{board}/report?at={desk.loop.after}")
    expect(report).to_contain_text("Call the shift lead first.")
    expect(report.get_by_test_id("schematic-thumb")).to_be_visible()
    expect(report.locator("figure path").first).to_be_attached()
    pdf = page.pdf(prefer_css_page_size=True)
    assert b"/Subtype /Image" not in pdf and pdf.count(b"/Type /Page\n") > 1


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_its_pages_are_complete_and_readable_in_both_schemes(
    open_page: OpenPage, desk: Desk, size: tuple[int, int]
) -> None:
    board = make_board(desk)
    flow = desk.sensors["FT-101"]
    desk.call("POST", "annotations", target=flow, text="Valve jammed", start=desk.loop.closed)
    desk.call("POST", "annotations", target=flow, text="Works " * 40, start=desk.loop.before, end=desk.loop.closed)
    page, schemes = open_page(desk.loop.person, size), ["light", "dark"]
    at = f"at={desk.loop.after}"
    pages = {
        "board": f"dashboards/{board}?{at}",
        "edit": f"dashboards/{board}?{at}&edit=1",
        "kiosk": f"dashboards/{board}?{at}&kiosk=1",
        "notes": desk.address("trends", f"&sensors={flow}&pane=notes").partition(f"/t/{desk.loop.slug}/")[2],
        "trend-report": desk.address("trends/report", f"&sensors={flow}").partition(f"/t/{desk.loop.slug}/")[2],
        "board-report": f"dashboards/{board}/report?{at}",
    }
    for name, path in pages.items():
        page.goto(f"/t/{desk.loop.slug}/{path}")
        settle(page, 1_000)
        for scheme in schemes:
            if name.endswith("report"):  # paper, which is light in both
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(200)
            else:
                show_in(page, scheme)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{name} is {wide} px too wide, {scheme}"
            assert page.evaluate(FAINT) == [], f"{name}, {scheme}"
        schemes.reverse()  # the next page is loaded in the scheme of this one
