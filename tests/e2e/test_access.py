"""Signing in and being kept out, from a user's view."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.acts import sign_in
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.installation import Platform


def test_five_wrong_passwords_lock_the_account_and_the_page_shows_for_how_long(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("Failed to load resource")
    platform.ensure_person("forgetful", written_loop.slug, "viewer")
    page = open_page()
    page.goto("/sign-in")
    for _ in range(5):
        sign_in(page, "forgetful", "not this one")
        expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_be_enabled()
    sign_in(page, "forgetful")
    expect(page.get_by_role("alert").filter(has_text=re.compile("min"))).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_role("link", name="Reset password")).to_be_visible()


def test_a_link_survives_signing_in(open_page: OpenPage, written_loop: Loop, watch: Watch) -> None:
    watch.allow("401")
    page = open_page()
    page.goto(f"/t/{written_loop.slug}/trends?sensors=FT-101&at={written_loop.closed}")
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in(page, written_loop.person)
    expect(page).to_have_url(re.compile(rf"/trends\?sensors=FT-101&at={written_loop.closed}"))
    expect(page.get_by_test_id("badge")).to_contain_text("HISTORY")


def test_a_link_leads_nowhere_else_after_signing_in(open_page: OpenPage, written_loop: Loop, watch: Watch) -> None:
    watch.allow("401")
    page = open_page()
    page.goto("/sign-in?next=//elsewhere.example/steal")
    sign_in(page, written_loop.person)
    expect(page).to_have_url(re.compile(rf"/t/{written_loop.slug}/home"))


def test_an_invited_person_joins_by_the_link(open_page: OpenPage, platform: Platform, written_loop: Loop) -> None:
    platform.ensure_person("chief", written_loop.slug, "admin")
    page = open_page("chief")
    page.goto(f"/t/{written_loop.slug}/members")
    page.get_by_role("button", name="Create invitation").click()
    link = page.get_by_label("Link").input_value()

    guest = open_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name=re.compile("Join"))).to_be_visible()
    guest.get_by_label("Username").fill("newcomer")
    guest.get_by_label("Password", exact=True).fill("a pump that never stops")
    guest.get_by_role("button", name="Join").click()
    expect(guest).to_have_url(re.compile(rf"/t/{written_loop.slug}/home"))

    page.reload()
    expect(page.get_by_role("cell", name=re.compile("^newcomer"))).to_be_visible()


def test_signing_out_ends_it(open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch) -> None:
    watch.allow("401")
    platform.ensure_person("leaving", written_loop.slug)
    page = open_page("leaving")
    page.goto(f"/t/{written_loop.slug}/data")
    page.get_by_role("button", name=re.compile("account and settings")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(f"/t/{written_loop.slug}/home")
    expect(page).to_have_url(re.compile("/sign-in"))
