"""Devices: one that connects is seen at once, and does what it is told once."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import expect

from tests.e2e.conftest import Loop, OpenPage
from tests.installation import Platform


def post(platform: Platform, path: str, token: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{platform.url}/api/v1/device/{path}", json=body, headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_device_connects_is_told_something_and_falls_silent(
    open_page: OpenPage, platform: Platform, written_loop: Loop
) -> None:
    for device in platform.get("/api/v1/devices", written_loop.person).json()["results"]:
        assert platform.call("DELETE", f"/api/v1/devices/{device['id']}", written_loop.person).ok
    page = open_page(written_loop.person)
    page.goto(f"/t/{written_loop.slug}/data/devices")
    expect(page.get_by_text("No devices yet")).to_be_visible()
    expect(page.get_by_text("/api/v1/device/heartbeat")).to_be_visible()
    gateway = platform.people[written_loop.person]["token"]
    beat = {"device": "Press 7", "firmware": "2.4.1", "configuration": "line-3", "interval_s": 600}
    post(platform, "heartbeat", gateway, beat)
    row = page.get_by_role("table", name="Devices").get_by_role("row", name="Press 7")
    expect(row).to_contain_text("Online")
    expect(row).to_contain_text("2.4.1")

    row.get_by_role("button", name="Press 7").click()
    details = page.get_by_role("complementary", name="Details")
    commands = details.get_by_role("list", name="Commands")
    details.get_by_role("button", name="Send").click()
    expect(commands.get_by_role("listitem")).to_contain_text("restart · Waiting")
    commands.get_by_role("button", name="Cancel").click()
    expect(commands.get_by_role("listitem")).to_contain_text("restart · Cancelled")

    details.get_by_role("button", name="Create token").click()
    own = details.get_by_label("Press 7").input_value()
    details.get_by_role("combobox", name="Command", exact=True).click()
    page.get_by_role("option", name="set-config").click()
    details.get_by_label("Configuration (JSON)").fill('{"rate_s": 5}')
    details.get_by_role("button", name="Send").click()
    expect(commands.get_by_role("listitem").first).to_contain_text("set-config · Waiting")
    [taken] = post(platform, "commands/take", own, {})["results"]
    assert taken["parameters"] == {"configuration": {"rate_s": 5}}
    expect(commands.get_by_role("listitem").first).to_contain_text("set-config · Taken")
    told = {"outcome": "done", "result": "rate is 5 s"}
    post(platform, f"commands/{taken['id']}/acknowledge", own, told)
    expect(commands.get_by_role("listitem").first).to_contain_text("Done: rate is 5 s")

    post(platform, "heartbeat", own, {"interval_s": 1})
    expect(row).to_contain_text("Offline")
    page.get_by_role("group", name="State").get_by_role("button", name="Online 0").click()
    expect(page.get_by_text("No device matches this filter.")).to_be_visible()
