"""A sensor is edited where it is shown: what about its samples, somebody else's change, and who may."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.acts import value_of
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.installation import Platform


def open_form(page: Page, loop: Loop, tag: str) -> Locator:
    page.goto(f"/t/{loop.slug}/data/sensors?q={tag}")
    page.get_by_role("button", name=f"Edit {tag}").click()
    form = page.get_by_role("dialog", name=f"Edit sensor {tag}")
    expect(form.get_by_label("Tag")).to_be_focused()
    return form


def row(page: Page, tag: str) -> Locator:
    return page.get_by_role("row").filter(has_text=tag)


def temperature(page: Page, loop: Loop) -> float:
    page.goto(f"/t/{loop.slug}/trends?sensors=TT-101&start={loop.start}&end={loop.end}&c={loop.closed}")
    return value_of(page, "TT-101")


def test_a_unit_is_changed_by_keyboard_and_its_samples_are_converted_and_back(
    open_page: OpenPage, edited_loop: Loop, watch: Watch
) -> None:
    watch.allow("409 (Conflict)")
    page = open_page(edited_loop.person)
    before = temperature(page, edited_loop)
    for unit, wanted in (("°F", before * 1.8 + 32), ("°C", before)):
        form = open_form(page, edited_loop, "TT-101")
        form.get_by_label("Unit").fill(unit)
        page.keyboard.press("Escape")  # closes the list of units, not the form
        form.get_by_label("Unit").press("Enter")
        convert = form.get_by_role("button", name=f"Convert to {unit}")
        expect(convert).to_be_focused()
        expect(form.get_by_text("new samples must be sent in")).to_be_visible()
        page.keyboard.press("Enter")
        expect(form).to_have_count(0)
        expect(row(page, "TT-101")).to_contain_text(unit)
        assert abs(temperature(page, edited_loop) - wanted) < 0.2


def test_another_quantity_is_a_label_or_nothing(open_page: OpenPage, edited_loop: Loop, watch: Watch) -> None:
    watch.allow("409 (Conflict)")
    page = open_page(edited_loop.person)
    form = open_form(page, edited_loop, "PT-101")
    form.get_by_label("Unit").fill("kW")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("cannot be converted to kW")).to_be_visible()
    expect(form.get_by_role("button", name=re.compile("Convert"))).to_have_count(0)
    form.get_by_role("button", name="Cancel").click()
    expect(form.get_by_label("Unit")).to_have_value("kW")
    form.get_by_role("button", name="Cancel").click()
    expect(row(page, "PT-101")).not_to_contain_text("kW")


def test_somebody_elses_change_is_shown_and_stays(
    open_page: OpenPage, edited_loop: Loop, platform: Platform, watch: Watch
) -> None:
    watch.allow("409 (Conflict)")
    page, colleague = open_page(edited_loop.person), open_page(edited_loop.person)
    mine = open_form(page, edited_loop, "FT-101")
    theirs = open_form(colleague, edited_loop, "FT-101")
    theirs.get_by_label("Name").fill("Flow of the main")
    theirs.get_by_role("button", name="Save").click()
    expect(theirs).to_have_count(0)
    mine.get_by_label("Range to").fill("64")
    mine.get_by_label("Range from").fill("0")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_text(re.compile("→ Flow of the main"))).to_be_visible()
    mine.get_by_role("button", name="Apply my changes").click()
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_have_count(0)
    expect(row(page, "FT-101")).to_contain_text("Flow of the main")
    expect(row(page, "FT-101")).to_contain_text("0 to 64")


def test_an_error_is_shown_at_its_field(open_page: OpenPage, edited_loop: Loop, watch: Watch) -> None:
    watch.allow("400 (Bad Request)")
    page = open_page(edited_loop.person)
    form = open_form(page, edited_loop, "TT-102")
    form.get_by_label("Interval (s)").fill("soon")
    expect(form.get_by_text("Enter a number.")).to_be_visible()
    expect(form.get_by_role("button", name="Save")).to_be_disabled()
    form.get_by_label("Interval (s)").fill("60")
    form.get_by_label("Unit").fill("kWhh")
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Did you mean")).to_be_visible()


def test_a_viewer_reads_sensors_and_edits_none(open_page: OpenPage, edited_loop: Loop, platform: Platform) -> None:
    platform.ensure_person("looker", edited_loop.slug, "viewer")
    page = open_page("looker")
    page.goto(f"/t/{edited_loop.slug}/data/sensors")
    expect(row(page, "FT-101")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Edit"))).to_have_count(0)
    page.goto(f"/t/{edited_loop.slug}/trends?sensors=FT-101&start={edited_loop.start}&end={edited_loop.end}")
    expect(page.get_by_test_id("value-FT-101")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Edit"))).to_have_count(0)
    page.goto(f"/t/{edited_loop.slug}/plant")
    expect(page.get_by_test_id("schematic")).to_be_visible()


def test_a_link_with_a_wrong_range_site_or_time_says_what_is_shown_instead(
    open_page: OpenPage, edited_loop: Loop
) -> None:
    page = open_page(edited_loop.person)
    page.goto(f"/t/{edited_loop.slug}/trends?sensors=FT-101&range=nonsense&site=gone&at=soon")
    alerts = page.get_by_role("alert")
    for message in (
        "“nonsense”, is not valid. Showing the last 8",
        "“soon” in the link is not a time. Showing live",
        "no site “gone”",
    ):
        expect(alerts.filter(has_text=message)).to_be_visible()
