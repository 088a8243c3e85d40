"""Unmapped sensors: found from the flow, named with a suggestion's unit, and many at once by a pattern."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_flow import send, set_mapping
from tests.installation import Platform


def test_unmapped_sensors_are_named_one_and_many(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("400")
    person = written_loop.person
    set_mapping(platform, person, "create")
    now = time.time_ns()
    lines = [f"kiln,zone=Z{k} temp={900 + k},fuel={k} {now}" for k in (1, 2)]
    assert [send(platform, person, line) for line in lines] == [204, 204]
    set_mapping(platform, person, "keep")

    page = open_page(person)
    page.goto(f"/t/{written_loop.slug}/data")
    attention = page.get_by_role("table", name="Needs attention")
    attention.get_by_role("link", name="Name them").click()
    sensors = page.get_by_role("table", name="Unmapped sensors")
    row = sensors.get_by_role("row").filter(has_text="kiln zone=Z1 temp")
    expect(row).to_contain_text("901")

    row.get_by_role("button").click()
    details = page.get_by_role("complementary")
    details.get_by_label("Tag", exact=True).fill("KT-1")
    details.get_by_label("Unit", exact=True).fill("furlongsss")
    details.get_by_role("button", name="Name sensor").click()
    expect(details).to_contain_text("furlongsss")
    details.get_by_label("Unit", exact=True).fill("°C")
    details.get_by_role("button", name="Name sensor").click()
    expect(page.get_by_role("status").filter(has_text="1 sensor is named")).to_be_visible()
    expect(row).to_have_count(0)

    page.get_by_label("Filter by tag or name").fill("fuel")
    expect(sensors.get_by_role("row")).to_have_count(3)
    page.get_by_label("Select all shown").check()
    pattern = details.get_by_label("Tag of each")
    pattern.fill("FUEL")
    expect(details).to_contain_text("another selected sensor would have this tag")
    pattern.fill("{zone}-FUEL")
    expect(details).to_contain_text("Z2-FUEL")
    details.get_by_role("button", name="Name 2 sensors").click()
    expect(page.get_by_text("2 sensors are named.")).to_be_visible()
    found = [platform.get("/api/v1/sensors", person, q=q).json()["results"] for q in ("FUEL", "KT-1")]
    named = {each["tag"]: (each["unit"], each["unmapped"]) for results in found for each in results}
    assert named == {"Z1-FUEL": ("", False), "Z2-FUEL": ("", False), "KT-1": ("°C", False)}
