"""Retention, the state of the rollups, and deletion of a site's samples."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Loop, OpenPage
from tests.installation import Platform

FOREVER = "forever, same as all sites"


def open_storage(page: Page, loop: Loop) -> None:
    page.goto(f"/t/{loop.slug}/data/storage")
    expect(page.get_by_role("table", name="Retention")).to_be_visible()


def test_the_rollups_say_when_they_are_up_to_date(open_page: OpenPage, written_loop: Loop) -> None:
    page = open_page(written_loop.person)
    open_storage(page, written_loop)
    expect(page.get_by_text("Up to date")).to_be_visible(timeout=90_000)
    expect(page.get_by_test_id("rollups")).to_contain_text(re.compile(r"\d+ of \d+"))


def test_an_engineer_reads_how_long_is_kept_and_changes_nothing(open_page: OpenPage, spare_loop: Loop) -> None:
    page = open_page(spare_loop.person)
    open_storage(page, spare_loop)
    expect(page.get_by_role("row", name=re.compile("All sites"))).to_contain_text("forever")
    expect(page.get_by_text("Only administrators can change the retention.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Change|Delete"))).to_have_count(0)


def test_an_admin_shortens_a_sites_retention_after_a_warning_and_reverts_it(
    open_page: OpenPage, platform: Platform, spare_loop: Loop
) -> None:
    platform.ensure_person("keeper", spare_loop.slug, "admin")
    page = open_page("keeper")
    open_storage(page, spare_loop)
    row = page.get_by_role("table", name="Retention").get_by_role("row").last
    expect(row).to_contain_text(FOREVER)
    row.get_by_role("button").click()
    page.get_by_label(re.compile("Same as all sites")).uncheck()
    page.get_by_label("Keep samples for").fill("36500y")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_label("Keep samples for").fill("100y")
    page.get_by_label("Keep rollups for").fill("99y")
    expect(page.get_by_text("Rollups must be kept at least as long as samples.")).to_be_visible()
    page.get_by_label("Keep rollups for").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile(r"samples before \d+ \w+ \d{4}\s+are deleted permanently")
    )
    page.get_by_role("button", name="Apply").click()
    expect(row).to_contain_text("100 years")
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text(FOREVER)


def test_all_samples_of_a_site_go_once_its_slug_is_typed(
    open_page: OpenPage, platform: Platform, spare_loop: Loop
) -> None:
    platform.ensure_person("keeper", spare_loop.slug, "admin")
    page = open_page("keeper")
    open_storage(page, spare_loop)
    page.get_by_role("button", name="Delete all samples of a site…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Type skab")).fill("not this")
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    dialog.get_by_label(re.compile("Type skab")).fill("skab")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text(re.compile("All samples of .* have been deleted"))).to_be_visible()
    page.goto(f"/t/{spare_loop.slug}/trends?sensors=FT-101&start={spare_loop.start}&end={spare_loop.end}")
    expect(page.get_by_text("The selected sensors have no samples at all.")).to_be_visible()
