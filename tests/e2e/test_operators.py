"""A tenant's life cycle and the roll-out of a release on the operators' pages."""

from __future__ import annotations

import re
import subprocess
import time
import tomllib

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.installation import Platform
from tests.tenants.test_kubeconfig import GOOD

NEW = "/operators/tenants/new"
MANY = """
from tenants.models import Tenant
for n in range(120):
    Tenant.objects.create(slug=f"paged-{n:03}", name=f"Paged {n}", state="suspended")
"""


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
    expect(page.get_by_text("Waiting for the first sample")).to_be_visible()

    person = platform.ensure_person("engineer.quarry", "quarry-south-sons")
    add_sensor(platform, "engineer.quarry", "TT 101, it's new")
    page.get_by_label("Site").fill("pit")
    page.get_by_label("Sensor").fill("TT 101, it's new")
    for way in ("Telegraf", "MQTT"):
        page.get_by_role("tab", name=way).click()
        tomllib.loads(page.locator("pre").inner_text())
    page.get_by_role("tab", name="curl").click()
    paste(page.locator("pre").inner_text().replace("TOKEN", person["token"]))
    expect(page.get_by_text("First data received")).to_be_visible()


def paste(command: str) -> None:
    """What a person does with a snippet, in a shell."""
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert "204 No Content" in done.stdout, done.stdout + done.stderr


def add_sensor(platform: Platform, person: str, tag: str) -> str:
    """Of a site `pit`, which is new; the sensor's id."""
    site = platform.call(
        "POST", "/api/v1/sites", person, json={"name": "Pit", "slug": "pit", "timezone": "UTC"}
    ).json()["id"]
    created = platform.call("POST", "/api/v1/sensors", person, json={"site": site, "tag": tag, "unit": "°C"})
    assert created.status_code == 201, created.text
    return str(created.json()["id"])


def test_what_failed_is_changed_and_retried(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    """A release with a cache beyond what 64 bits count, with which influxd does not start."""
    platform.ensure_person("operator")
    huge = {"name": "2.4.0-huge", "settings": {"cacheMaxMemory": "99999999999999g"}}
    assert platform.call("POST", "/api/v1/releases", "operator", json=huge).status_code == 201
    page = open_page("operator")
    page.goto(NEW)
    page.get_by_label("Name", exact=True).fill("Fails at first")
    choose(page, "Release", "2.4.0-huge")
    page.get_by_role("button", name="Create").click()
    stopped = page.get_by_test_id("stopped")
    expect(stopped).to_contain_text("Retrying automatically", timeout=60_000)
    expect(stopped).to_contain_text("Stopped at “Start InfluxDB”", timeout=240_000)
    expect(stopped).to_contain_text("would overflow")
    expect(page.locator("pre")).to_contain_text("99999999999999g")
    expect(page.get_by_text("tenant databases")).to_have_count(0)  # it is nobody else's trouble

    page.get_by_role("button", name="Change and retry…").click()
    dialog = page.get_by_role("dialog")
    choose(page, "Release", "No release", dialog)
    dialog.get_by_role("button", name="Change and retry").click()
    expect(page.get_by_text("Waiting for the first sample")).to_be_visible(timeout=60_000)
    expect(stopped).to_have_count(0)


def choose(page: Page, field: str, option: str, within: Locator | None = None) -> None:
    (within or page).get_by_role("combobox", name=field, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_tenant_is_backed_up_and_restored_into_a_new_one(
    open_page: OpenPage, platform: Platform, watch: Watch
) -> None:
    platform.ensure_tenant("kept-well")
    token = platform.ensure_person("engineer.kept", "kept-well")["token"]
    sensor = add_sensor(platform, "engineer.kept", "TT-101")
    write = f"curl -i -H 'Authorization: Bearer {token}' {platform.url}/write -d 'pit,sensor=TT-101 value=21.5'"
    paste(write)

    page = open_page("operator")
    page.goto("/operators/tenants/kept-well")
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("No backups. A backup is an archive")
    details.get_by_role("button", name="Back up now").click()
    line = details.get_by_test_id("backups").get_by_role("listitem")
    expect(line).to_contain_text("by operator")
    expect(line).to_contain_text(re.compile(r"\d\s[kM]B"), timeout=60_000)

    line.get_by_role("button", name="Restore…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the new tenant").fill("Kept Again")
    expect(dialog.get_by_label("Slug")).to_have_value("kept-again")
    dialog.get_by_role("button", name="Restore").click()
    restoring = dialog.get_by_test_id("restoring")
    expect(restoring.get_by_role("listitem")).to_have_count(10)
    expect(restoring).to_contain_text("Restore samples")
    expect(restoring.locator('li[data-state="done"]')).to_have_count(10, timeout=60_000)
    restoring.get_by_role("link", name="Open Kept Again").click()
    expect(page).to_have_url(re.compile("/operators/tenants/kept-again"))
    expect(details.get_by_role("button", name="Back up now")).to_be_enabled()

    platform.ensure_person("engineer.again", "kept-again")
    [value] = platform.get("/api/v1/values", "engineer.again", sensors=sensor, at=int(time.time() * 1000)).json()[
        "values"
    ]
    assert value["v"] == 21.5


def test_a_backup_that_cannot_be_restored_shows_what_to_do(
    open_page: OpenPage, platform: Platform, watch: Watch
) -> None:
    watch.allow("400")
    platform.ensure_tenant("lost-file")
    page = open_page("operator")
    page.goto("/operators/tenants/lost-file")
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Back up now").click()
    restore = details.get_by_role("button", name="Restore…")
    restore.click(timeout=60_000)
    [found] = platform.get("/api/v1/tenants/lost-file/backups", "operator").json()["results"]
    (platform.path / "backups" / f"{found['id']}.tar.gz").unlink()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Restore").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Put it back there, or choose another backup.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(details.get_by_test_id("backups")).to_contain_text("Archive missing")
    details.get_by_role("button", name="Delete…").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(details).to_contain_text("No backups. A backup is an archive")


def test_a_kept_disk_is_adopted_in_the_wizard(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("404")  # the page asks for the tenant until it is gone
    platform.ensure_tenant("leaves-a-disk")
    page = open_page("operator")
    page.goto("/operators/tenants/leaves-a-disk")
    page.get_by_label("Details").get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Keep the disk").check()
    dialog.get_by_label(re.compile("Type leaves-a-disk")).fill("leaves-a-disk")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Its disk has been kept")).to_be_visible(timeout=60_000)
    disks = platform.get("/api/v1/disks", "operator").json()["results"]
    [kept] = [each["id"] for each in disks if each["slug"] == "leaves-a-disk"]

    page.get_by_role("link", name="new tenant", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Heir")
    page.get_by_role("combobox", name="Disk").click()
    page.get_by_role("option", name=re.compile("leaves-a-disk")).click()
    expect(page.locator("pre")).to_contain_text(f"disks/{kept}/data")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("An existing disk was adopted")).to_be_visible(timeout=60_000)


def test_tenants_are_listed_page_by_page(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    platform.shell(MANY)
    page = open_page("operator")
    try:
        page.goto("/operators/tenants?q=paged-")
        expect(page.get_by_text("1–50 of 120")).to_be_visible()
        page.get_by_role("button", name="Next page").click()
        expect(page.get_by_text("51–100 of 120")).to_be_visible()
        assert page.evaluate("document.getElementById('main').scrollTop") == 0
        page.get_by_role("button", name="Next page").click()
        expect(page.get_by_text("101–120 of 120")).to_be_visible()
        expect(page.get_by_role("button", name="Next page")).to_be_disabled()
        page.reload()
        expect(page.get_by_text("101–120 of 120")).to_be_visible()
        page.get_by_role("button", name="Previous page").click()
        expect(page.get_by_text("51–100 of 120")).to_be_visible()
    finally:
        platform.shell("from tenants.models import Tenant; Tenant.objects.filter(slug__startswith='paged-').delete()")


def test_a_tenant_is_suspended_resumed_and_deleted(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("404")  # the page asks for the tenant until it is gone
    platform.ensure_tenant("short-lived")
    page = open_page("operator")
    page.goto("/operators/tenants/short-lived")
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Suspend").click()
    expect(details.get_by_text("Suspended")).to_be_visible()
    details.get_by_role("button", name="Resume").click()
    expect(details.get_by_role("button", name="Suspend")).to_be_visible()

    details.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    typed = dialog.get_by_label(re.compile("Type short-lived"))
    typed.fill("short")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    typed.fill("short-lived")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Tenant not found")).to_be_visible()


def test_a_slug_that_cannot_be_is_explained(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("400")
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto(NEW)
    page.get_by_label("Name", exact=True).fill("x")
    page.get_by_label("Slug").fill("No Spaces!")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("slug", ignore_case=True)


def show_event(page: Page, text: str) -> None:
    """In a roll-out's history, which comes in pages, the newest events first: the more tenants, the more pages."""
    details = page.get_by_role("complementary", name="Details")
    event, more = details.get_by_text(text), details.get_by_role("button", name=re.compile("Show more")).last
    expect(event.or_(more).first).to_be_visible()
    while not event.is_visible():
        more.click()
        expect(event.or_(more).first).to_be_visible()


def test_a_roll_out_is_paused_resumed_and_rolled_back(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
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
    show_event(page, "Roll-out resumed")

    page.goto("/operators/tenants?q=ring-first")
    expect(page.get_by_test_id("tenants").get_by_text("2.4.0-e2e")).to_be_visible()
    page.get_by_test_id("tenants").get_by_role("row").nth(1).click()
    page.get_by_label("Details").get_by_role("button", name="Roll back…").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_test_id("tenants").get_by_text("No release")).to_be_visible(timeout=60_000)

    page.goto("/operators/releases")
    page.get_by_test_id("rollouts").get_by_role("row").nth(1).click()
    page.get_by_label("Details").get_by_role("button", name="Roll back…").click()
    page.get_by_role("combobox", name="Scope").fill("nobody")
    expect(page.get_by_role("dialog").get_by_role("button", name="Roll back")).to_be_disabled()
    page.get_by_role("combobox", name="Scope").fill("Ring early")
    page.get_by_role("option", name="Ring early", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    early = page.get_by_label("Details").get_by_test_id("ring-early")
    expect(early).to_contain_text(re.compile("^Early0 of 1"), timeout=60_000)
    expect(early).to_contain_text("1 rolled back", timeout=60_000)


def test_a_cluster_is_added_changed_and_removed(open_page: OpenPage, platform: Platform, watch: Watch) -> None:
    watch.allow("400")
    platform.ensure_person("operator")
    page = open_page("operator")
    page.goto("/operators/clusters")
    page.get_by_role("button", name="Add cluster").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("north")
    kubeconfig = dialog.get_by_role("textbox", name="Kubeconfig", exact=True)
    kubeconfig.fill(GOOD.replace("token: t", "exec: {command: sh}"))
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_contain_text("runs a program")
    kubeconfig.fill(GOOD)
    dialog.get_by_role("button", name="Add").click()
    row = page.get_by_test_id("clusters").get_by_role("row").nth(1)
    expect(row).to_contain_text("https://127.0.0.1:1")

    row.get_by_role("button", name="Change…").click()
    dialog.get_by_label("InfluxDB URL").fill("https://{namespace}.north.example")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("{namespace}.north.example")
    row.get_by_role("button", name="Remove…").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No additional clusters")).to_be_visible()


def make_release(page: Page, name: str) -> None:
    page.get_by_role("button", name="New release").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("InfluxDB: cache size").fill("256m")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_test_id("releases").get_by_text(name)).to_be_visible()
