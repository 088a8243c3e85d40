"""The data flow: what arrives is seen at once, what is rejected is corrected and stored."""

from __future__ import annotations

import re
import time

import requests
from playwright.sync_api import expect

from demo.skab import SKAB
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.installation import Platform


def send(platform: Platform, person: str, line: str) -> int:
    headers = {"Authorization": f"Bearer {platform.people[person]['token']}"}
    return requests.post(f"{platform.url}/write", data=line, headers=headers, timeout=10).status_code


def set_mapping(platform: Platform, person: str, unmatched: str = "keep") -> None:
    """Without rules; `unmatched`: whether samples that no rule matches are dead letters or create sensors."""
    revision = platform.get("/api/v1/mapping", person).json()["revision"]
    mapping = {"rules": [], "unmatched": unmatched, "revision": revision}
    assert platform.call("PUT", "/api/v1/mapping", person, json=mapping).ok


def test_a_rejected_sample_is_found_corrected_and_stored(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("400")
    person = written_loop.person
    set_mapping(platform, person)
    sensor = platform.get("/api/v1/sensors", person, limit=1).json()["results"][0]
    now = time.time_ns()
    right = f"{SKAB.slug},sensor={sensor['tag'].replace(' ', chr(92) + ' ')} value=21.5 {now}"
    wrong = right.replace(SKAB.slug, "mistyped", 1)
    assert send(platform, person, wrong) == 400

    page = open_page(person)
    page.goto(f"/t/{written_loop.slug}/data")
    attention = page.get_by_role("table", name="Needs attention")
    expect(attention).to_contain_text(re.compile(r"[1-9]\d* samples rejected in 15\smin"))
    attention.get_by_role("link", name="Inspect").click()
    expect(page).to_have_url(re.compile("/data/dead-letters"))
    letter = page.get_by_role("table", name="Dead letters").get_by_role("row").filter(has_text=wrong)
    letter.get_by_role("button").click()
    item = page.get_by_label("Corrected", exact=True)
    expect(item).to_have_value(wrong)
    item.fill(right.replace("21.5", "'21.5'"))
    page.get_by_role("button", name="Replay corrected").click()
    expect(page.get_by_role("alert")).to_contain_text("Still wrong")
    item.fill(right)
    page.get_by_role("button", name="Replay corrected").click()
    expect(letter).to_have_count(0)

    page.get_by_role("link", name="Flow").click()
    expect(page.get_by_role("button", name="Replayed dead letters")).to_be_visible()
    values = platform.get("/api/v1/values", person, sensors=sensor["id"]).json()["values"]
    assert [(value["t"], value["v"]) for value in values] == [(now // 1_000_000, 21.5)]


def test_what_arrives_is_seen_within_seconds(open_page: OpenPage, platform: Platform, written_loop: Loop) -> None:
    person = written_loop.person
    tag = platform.get("/api/v1/sensors", person, limit=1).json()["results"][0]["tag"].replace(" ", "\\ ")
    page = open_page(person)
    page.goto(f"/t/{written_loop.slug}/data?stage=influxdb")
    details = page.get_by_role("complementary")
    accepted = details.locator("dt", has_text="Accepted").locator("xpath=following-sibling::dd[1]")
    assert int(accepted.inner_text().replace(",", "")) < 1_000
    now = time.time_ns()
    lines = (f"{SKAB.slug},sensor={tag} value=3 {now - k * 1_000_000}" for k in range(1_000))
    assert send(platform, person, "\n".join(lines)) == 204
    expect(accepted).to_have_text(re.compile(r"^1,\d{3}$"))
