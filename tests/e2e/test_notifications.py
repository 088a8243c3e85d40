"""Who is told of alarms: channels, routes, shifts and deliveries in the browser, and push messages in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.e2e.conftest import PHONE, TABLET, WIDE, Loop, OpenPage, _make_loop, write_morning
from tests.e2e.test_accessibility import wrong_pages
from tests.installation import Platform

BASE = "/api/v1/notification"


@pytest.fixture(scope="module")
def loop_of_admin(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """A loop of its own, whose person is an administrator; with a route, a shift plan and channels."""
    made = _make_loop(platform, "loop-notify", [write_morning(tmp_path_factory.mktemp("loop") / "morning.csv")])
    admin = "admin.loop-notify"
    platform.ensure_person(admin, made.slug, "admin")
    if platform.get(f"{BASE}/channels", admin).json()["results"] == []:
        make_examples(platform, admin)
    return Loop(made.slug, admin, made.start, made.end, made.before, made.closed, made.after)


def make(platform: Platform, person: str, kind: str, **body: Any) -> str:
    response = platform.call("POST", f"{BASE}/{kind}", person, json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def make_examples(platform: Platform, admin: str) -> None:
    members = platform.get(f"{BASE}/people", admin).json()["results"]
    anna, ben = (each["id"] for each in members[:2])
    mail = {"kind": "email", "addresses": ["operations@example.com", "duty.engineer@example.com"]}
    email = make(platform, admin, "channels", name="Operations", settings=mail)
    hook = {"kind": "webhook", "url": "https://example.com/plantrace/alarms", "secret": "0123456789abcdef"}
    webhook = make(platform, admin, "channels", name="Control room", settings=hook)
    days, week = [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7]
    entries = [
        {"days": days, "from": "06:00", "to": "14:00", "people": [anna]},
        {"days": days, "from": "14:00", "to": "22:00", "people": [ben]},
        {"days": week, "from": "22:00", "to": "06:00", "people": []},
    ]
    turns = {"days": 7, "begins": "2026-03-02", "groups": [[anna], [ben]]}
    plan = make(platform, admin, "shifts", name="Operators", zone="Europe/Berlin", entries=entries, rotation=turns)
    steps = [
        {"channels": [webhook], "shifts": [plan]},
        {"after_s": 600, "people": [anna]},
        {"after_s": 1_800, "channels": [email]},
    ]
    quiet = {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin", "exempt": [1]}
    make(
        platform, admin, "routes", name="Critical", order=10, match={"priorities": [1, 2]}, steps=steps, repeat_s=3_600
    )
    make(
        platform, admin, "routes", name="Everything else", order=20, match={"priorities": [3, 4]},
        steps=[{"channels": [email]}], digest={"every_s": 3_600, "zone": "Europe/Berlin"}, quiet=quiet, enabled=False,
    )  # fmt: skip


def routes_of(page: Page) -> Locator:
    return page.get_by_role("list", name="Routes")


def test_a_channel_and_a_route_to_it_are_made_tried_and_moved(
    open_page: OpenPage, platform: Platform, loop_of_admin: Loop
) -> None:
    page = open_page(loop_of_admin.person)
    page.goto(f"/t/{loop_of_admin.slug}/alarms/notifications?view=channels")
    page.get_by_role("button", name="Add a channel").click()
    dialog = page.get_by_role("dialog", name="New channel")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Browsers").click()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Phones")
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("table", name="Channels").get_by_role("row").filter(has_text="Phones")
    row.get_by_role("button", name="Send a test to Phones").click()
    expect(page.get_by_role("alert")).to_contain_text("no browser of yours has notifications switched on")

    page.get_by_role("button", name="Routes", exact=True).click()
    page.get_by_role("button", name="Add a route").click()
    form = page.get_by_role("form", name="Route")
    form.get_by_role("textbox", name="Name", exact=True).fill("Pumps")
    expect(form).to_contain_text("Still missing: who is told in step 1.")
    form.get_by_role("combobox", name="Channels").click()
    page.get_by_role("option", name="Phones").click()
    page.keyboard.press("Escape")
    form.get_by_role("combobox", name="People").click()
    page.get_by_role("option", name=loop_of_admin.person).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Pumps")).to_be_visible()
    page.get_by_role("button", name="All routes").click()
    last = routes_of(page).get_by_role("listitem").last
    expect(last).to_contain_text("Priority 1 and 2")
    expect(last).to_contain_text(f"Phones and {loop_of_admin.person}")

    page.get_by_role("form", name="Who is told when").get_by_role("button", name="Show").click()
    told = page.get_by_role("list", name="Who is told when")
    expect(told).to_contain_text("Control room")
    expect(told).to_contain_text("Pumps: it is raised")
    expect(told.get_by_role("listitem").filter(has_text="nobody has acknowledged it").first).to_contain_text("10 min")

    form = page.get_by_role("form", name="Who is told when")
    form.get_by_role("combobox", name="Asset").click()
    page.get_by_role("option").first.click()
    expect(form.get_by_role("combobox", name="Area")).to_be_disabled()
    form.get_by_role("button", name="Show").click()
    expect(told).to_contain_text("Pumps: it is raised")

    page.get_by_role("button", name="Move Pumps up").click()
    expect(routes_of(page).get_by_role("listitem").nth(1)).to_contain_text("Pumps")
    names = [each["name"] for each in platform.get(f"{BASE}/routes", loop_of_admin.person).json()["results"]]
    assert names == ["Critical", "Pumps", "Everything else"]
    page.get_by_role("button", name="Pumps", exact=True).click()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(routes_of(page)).not_to_contain_text("Pumps")


def test_a_shift_is_added_to_the_week(open_page: OpenPage, platform: Platform, loop_of_admin: Loop) -> None:
    page = open_page(loop_of_admin.person)
    page.goto(f"/t/{loop_of_admin.slug}/alarms/notifications?view=shifts")
    page.get_by_role("button", name="Operators", exact=True).click()
    week = page.get_by_role("group", name="Week of Operators")
    blocks = week.get_by_title("22:00–24:00")
    expect(blocks).to_have_count(7)
    page.get_by_role("button", name="Add a shift").click()
    fourth = page.get_by_role("group", name="Shift 4")
    fourth.get_by_label("From", exact=True).fill("08:00")
    fourth.get_by_label("To", exact=True).fill("12:00")
    expect(week.get_by_title("08:00–12:00")).to_have_count(7)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Undo changes")).to_have_count(0)
    [plan] = platform.get(f"{BASE}/shifts", loop_of_admin.person).json()["results"]
    assert [each["from"] for each in plan["entries"]] == ["06:00", "14:00", "22:00", "08:00"]
    page.get_by_role("button", name="Remove shift 4").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Undo changes")).to_have_count(0)


def test_a_viewer_sees_only_what_reaches_them(open_page: OpenPage, platform: Platform, loop_of_admin: Loop) -> None:
    platform.ensure_person("viewer.loop-notify", loop_of_admin.slug, "viewer")
    page = open_page("viewer.loop-notify")
    page.goto(f"/t/{loop_of_admin.slug}/alarms/notifications")
    expect(page.get_by_text("Engineers of this tenant see who is told of alarms")).to_be_visible()
    expect(page.get_by_label("Notify me in this browser")).to_be_visible()
    expect(page.get_by_role("button", name="Channels", exact=True)).to_have_count(0)


def test_a_push_message_is_shown_and_names_only_pages_of_this_installation(
    open_page: OpenPage, loop_of_admin: Loop
) -> None:
    page = open_page(loop_of_admin.person)
    page.context.grant_permissions(["notifications"])
    page.goto(f"/t/{loop_of_admin.slug}/alarms")
    cdp = page.context.new_cdp_session(page)
    registered: list[dict[str, Any]] = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: registered.extend(event["registrations"]))
    cdp.send("ServiceWorker.enable")
    page.evaluate(REGISTER)
    here = page.url.partition("/t/")[0]
    registration = next(each["registrationId"] for each in registered if each["scopeURL"] == f"{here}/static/")

    def pushed(message: str) -> list[dict[str, str]]:
        push(cdp, here, registration, message)
        shown: list[dict[str, str]] = page.evaluate(TAKE)
        return shown

    alarm = f"/t/{loop_of_admin.slug}/alarms?alarm=al1:s1"
    text = json.dumps({"title": "P1 TT-101", "body": "17.9 °C over 14.5 °C", "url": alarm, "tag": "al1:s1"})
    assert pushed(text) == [{"title": "P1 TT-101", "body": "17.9 °C over 14.5 °C", "url": here + alarm}]
    elsewhere = json.dumps({"title": "A", "url": "https://evil.example/t/x"})
    assert [each["url"] for each in pushed(elsewhere)] == [f"{here}/"]
    assert [each["title"] for each in pushed("not JSON")] == ["Plantrace"]

    push(cdp, here, registration, text)
    [worker] = page.context.service_workers
    assert worker.evaluate(CLICK) == [here + alarm]


REGISTER = """async () => {
  const registration = await navigator.serviceWorker.register('/static/sw.js');
  while (!registration.active) await new Promise((resolve) => setTimeout(resolve, 50));
}"""
CLICK = """async () => {
  let [shown] = [];
  while (!shown) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    [shown] = await self.registration.getNotifications();
  }
  const opened = []; // the browser opens windows for clicks of people only
  self.clients.openWindow = async (url) => void opened.push(url);
  const event = new NotificationEvent('notificationclick', { notification: shown });
  let done;
  event.waitUntil = (promise) => { done = promise; };
  self.dispatchEvent(event);
  await done;
  return opened;
}"""
TAKE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration('/static/sw.js');
  let shown = [];
  while (!shown.length) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    shown = await registration.getNotifications();
  }
  return shown.map((each) => {
    each.close();
    return { title: each.title, body: each.body, url: each.data.url };
  });
}"""


def push(cdp: CDPSession, origin: str, registration: str, message: str) -> None:
    cdp.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registration, "data": message})


PAGES = [
    "alarms/notifications", "alarms/notifications?route=new", "alarms/notifications?view=channels",
    "alarms/notifications?view=shifts", "alarms/notifications?view=shifts&plan=new",
    "alarms/notifications?view=deliveries",
]  # fmt: skip


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["wide", "tablet", "phone"])
def test_every_part_is_readable_and_accessible(open_page: OpenPage, loop_of_admin: Loop, size: tuple[int, int]) -> None:
    addresses = [*(f"/t/{loop_of_admin.slug}/{each}" for each in PAGES), "/account"]
    wrong = wrong_pages(open_page(loop_of_admin.person, size), addresses)
    assert not wrong, json.dumps(wrong, indent=1)
