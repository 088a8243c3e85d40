"""A tenant from its first wish to its end, and a release on its way to tenants, on the operators' pages."""

from __future__ import annotations

import re

import requests
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.installation import Platform

NEW = "/operators/tenants/new"


def test_a_tenant_is_onboarded_to_its_first_data(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto("/operators/tenants")
    page.get_by_role("link", name="New tenant").first.click()
    page.get_by_label("Name", exact=True).fill("Quarry South & Sons")
    expect(page.get_by_label("Slug")).to_have_value("quarry-south-sons")
    expect(page.locator("pre")).to_contain_text("bind-address")
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile(f"{NEW}/quarry-south-sons"))
    expect(page.get_by_text("Waiting for the first sample")).to_be_visible(timeout=30_000)

    person = platform.ensure_person("engineer.quarry", "quarry-south-sons")
    send_one(platform, "engineer.quarry", person["token"])
    expect(page.get_by_text("First data received")).to_be_visible(timeout=20_000)


def send_one(platform: Platform, person: str, token: str) -> None:
    """Site and sensor, and what the page's curl sends."""
    site = platform.call(
        "POST", "/api/v1/sites", person, json={"name": "Pit", "slug": "pit", "timezone": "UTC"}
    ).json()["id"]
    made = platform.call("POST", "/api/v1/sensors", person, json={"site": site, "tag": "TT-101", "unit": "°C"})
    assert made.status_code == 201, made.text
    sent = requests.post(
        f"{platform.url}/write",
        data="pit,sensor=TT-101 value=21.5",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert sent.status_code == 204, sent.text


def test_a_tenant_is_suspended_resumed_and_deleted(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("404")  # the page asks for the tenant until it is gone
    platform.ensure_tenant("short-lived")
    page = open_page("operator")
    page.goto("/operators/tenants/short-lived")
    details = page.get_by_label("Details")
    details.get_by_role("button", name="Suspend").click()
    expect(details.get_by_text("Suspended")).to_be_visible()
    details.get_by_role("button", name="Resume").click()
    expect(details.get_by_role("button", name="Suspend")).to_be_visible(timeout=30_000)

    details.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    typed = dialog.get_by_label(re.compile("Type short-lived"))
    typed.fill("short")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    typed.fill("short-lived")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This tenant is gone")).to_be_visible(timeout=30_000)


def test_a_slug_that_cannot_be_is_explained(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("400")
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto(NEW)
    page.get_by_label("Name", exact=True).fill("x")
    page.get_by_label("Slug").fill("No Spaces!")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("slug", ignore_case=True)


def test_a_roll_out_is_paused_and_resumed(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    for slug, ring in (("ring-first", "canary"), ("ring-next", "early")):
        platform.ensure_tenant(slug)
        platform.call("PATCH", f"/api/v1/tenants/{slug}", "operator", json={"ring": ring})
    page = open_page("operator")
    page.goto("/operators/releases")
    make_release(page, "2.4.0-e2e")
    page.get_by_role("row", name=re.compile("2.4.0-e2e")).get_by_role("button", name="Roll out…").click()
    page.get_by_label("Healthy for (s)").fill("2")
    page.get_by_role("button", name="Start").click()

    card = page.get_by_test_id("rollout")
    card.get_by_role("button", name="Pause").click()
    expect(card).to_have_attribute("data-state", "paused")
    expect(card).to_contain_text("Paused by operator")
    card.get_by_role("button", name="Resume").click()
    expect(page.get_by_test_id("rollouts").get_by_text("Done")).to_be_visible(timeout=120_000)
    page.get_by_role("button", name=re.compile("Show all")).click()
    expect(page.get_by_role("complementary", name="Details")).to_contain_text("resumed")

    page.goto("/operators/tenants?q=ring-first")
    expect(page.get_by_test_id("tenants").get_by_text("2.4.0-e2e")).to_be_visible()


def make_release(page: Page, name: str) -> None:
    page.get_by_role("button", name="New release").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("InfluxDB: memory for its cache").fill("256m")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_test_id("releases").get_by_text(name)).to_be_visible()
