"""Mapping: a rule is made of what arrived, tried, corrected at its field, saved, and the dead letters are stored."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from demo.skab import SKAB
from tests.e2e.conftest import Loop, OpenPage, Watch
from tests.e2e.test_flow import send, set_mapping
from tests.installation import Platform


def test_a_rule_is_made_of_an_arrival_tried_and_saved(
    open_page: OpenPage, platform: Platform, written_loop: Loop, watch: Watch
) -> None:
    watch.allow("400")
    person = written_loop.person
    set_mapping(platform, person)
    assert send(platform, person, f"boiler,unit=B-7 flow_temp=61.5 {time.time_ns()}") == 400, "no rule yet"

    page = open_page(person)
    page.goto(f"/t/{written_loop.slug}/data/mapping")
    expect(page.get_by_text("No rules yet")).to_be_visible()
    trial = page.get_by_role("table", name="Trial on the latest arrivals")
    row = trial.get_by_role("row").filter(has_text="boiler")
    expect(row).to_contain_text("dead letter")

    row.get_by_role("button", name="Make a rule").click()
    details = page.get_by_role("complementary")
    expect(details.get_by_label(re.compile("^Measurement"))).to_have_value("boiler")
    expect(row).to_contain_text("does not exist")
    page.get_by_role("button", name="Create sensor").click()
    expect(row).to_contain_text("new sensor")
    expect(row).to_contain_text(f"{SKAB.slug} / B-7.flow_temp")

    unit = details.get_by_label("Unit of what arrives")
    unit.fill("furlongsss")
    expect(details).to_contain_text(re.compile("furlongsss"))
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()
    page.get_by_role("button", name="Undo").click()
    expect(unit).to_have_value("")
    unit.fill("°C")
    expect(row).to_contain_text("61.5 °C".replace(" ", "\u2009"))
    save.click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_contain_text("1 dead letters are stored now")

    rules = platform.get("/api/v1/mapping", person).json()["rules"]
    assert [(rule["name"], rule["tags"], rule["unit"]) for rule in rules] == [("boiler", {"unit": "{unit}"}, "°C")]
    (sensor,) = platform.get("/api/v1/sensors", person, q="B-7.flow_temp").json()["results"]
    assert (sensor["unit"], sensor["unmapped"]) == ("°C", False)


def test_rules_are_reordered_and_undone_by_keys_and_kept_while_not_saved(open_page: OpenPage, spare_loop: Loop) -> None:
    page = open_page(spare_loop.person)
    page.goto(f"/t/{spare_loop.slug}/data/mapping")
    page.get_by_text("No rules yet").wait_for()
    for name in ("first", "second"):
        page.get_by_role("button", name="Add rule").click()
        page.get_by_label(re.compile("^Measurement")).fill(name)
        page.get_by_role("complementary").get_by_label(re.compile("^Sensor")).fill("{field}")
    rules = page.get_by_role("table", name="Rules").get_by_role("row")
    expect(rules.nth(2)).to_contain_text("second")
    page.get_by_role("button", name="Move rule 2 up").click()
    expect(rules.nth(1)).to_contain_text("second")
    page.keyboard.press("Shift+ArrowDown")
    expect(rules.nth(2)).to_contain_text("second")
    page.keyboard.press("Control+z")
    expect(rules.nth(1)).to_contain_text("second")

    page.get_by_role("link", name="Flow").click()
    page.get_by_role("link", name="Mapping").click()
    expect(rules.nth(1)).to_contain_text("second")
    page.get_by_role("button", name="Discard changes").click()
    expect(page.get_by_text("No rules yet")).to_be_visible()
