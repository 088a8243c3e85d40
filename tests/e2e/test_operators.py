"""A tenant from its first wish to its end, on the operators' page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage, Watch
from tests.installation import Platform


def test_a_tenant_is_made_suspended_and_deleted(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto("/operators/tenants")
    page.get_by_role("button", name="New tenant").first.click()
    page.get_by_label("Name", exact=True).fill("Quarry South & Sons")
    expect(page.get_by_label("Slug")).to_have_value("quarry-south-sons")
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile("/operators/tenants/quarry-south-sons"))

    details = page.get_by_label("Details")
    expect(details.get_by_label("done").first).to_be_visible()
    expect(details.get_by_text("Ready")).to_be_visible(timeout=20_000)
    details.get_by_role("button", name="Suspend").click()
    expect(details.get_by_text("Suspended")).to_be_visible()
    details.get_by_role("button", name="Resume").click()
    expect(details.get_by_text("Ready")).to_be_visible(timeout=20_000)

    details.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label(re.compile("Type quarry-south-sons")).fill("quarry-south")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label(re.compile("Type quarry-south-sons")).fill("quarry-south-sons")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This tenant is gone")).to_be_visible(timeout=20_000)


def test_a_slug_that_cannot_be_is_explained(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("400")
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto("/operators/tenants")
    page.get_by_role("button", name="New tenant").first.click()
    page.get_by_label("Name", exact=True).fill("x")
    page.get_by_label("Slug").fill("No Spaces!")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("slug", ignore_case=True)
