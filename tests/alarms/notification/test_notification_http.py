"""Channels, routes, shift plans, deliveries and preview over HTTP: who may do what, and what never comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from alarms.http.channel_test_views import MAX_TESTS, WINDOW_S
from kernel.tenancy import TenantConnection
from stores.redis.limits import Limit
from tests.alarms.notification.world import World
from tests.receivers import Receiver, http_receiver
from web.clock import now_ms
from web.stores import limits

ClientFor = Callable[..., Client]
BASE = "/api/v1/notification"
SECRET, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def admin(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("admin", acme)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """An HTTP server on this machine, which the operator allows."""
    settings.OUTBOUND_NETWORKS = (ip_network("127.0.0.1/32"),)
    with http_receiver() as running:
        yield running


@pytest.fixture(autouse=True)
def no_tests_yet(acme: TenantConnection) -> None:
    limits().forget([Limit(("channel-test", acme.id), MAX_TESTS, WINDOW_S)])


def make(client: Client, kind: str, status: int = 201, /, **body: Any) -> Any:
    response = client.post(f"{BASE}/{kind}", body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def webhook(url: str = "https://example.com/hook", **more: Any) -> dict[str, Any]:
    return {"name": "Hook", "settings": {"kind": "webhook", "url": url, **more}}


def member(client: Client, username: str) -> str:
    people = client.get(f"{BASE}/people").json()["results"]
    return next(str(each["id"]) for each in people if each["username"] == username)


def test_a_secret_is_never_returned_and_kept_by_a_change_without_it(
    world: World, admin: Client, receiver: Receiver
) -> None:
    made = make(admin, "channels", **webhook(receiver.url, secret=SECRET))
    assert made["settings"] == {"kind": "webhook", "url": receiver.url, "secret_set": True, "old_secret_until": None}
    url = f"{BASE}/channels/{made['id']}"
    changed = admin.put(url, {**webhook(receiver.url), "name": "Other", "revision": 1}, "application/json")
    assert (changed.status_code, changed.json()["name"]) == (200, "Other")
    assert admin.post(f"{url}/test").json() == {
        "results": [{"recipient": "Other", "state": "sent", "detail": "HTTP 200"}],
        "left_out": 0,
    }
    admin.put(url, {**webhook(receiver.url, secret=OTHER), "revision": 2}, "application/json")
    admin.post(f"{url}/test")
    first, second = (each.headers["plantrace-signature"].partition("v1=")[2] for each in receiver.received)
    assert first != second
    until = now_ms() + 3_600_000
    both = admin.put(
        url, {**webhook(receiver.url, secret=SECRET, old_secret_until=until), "revision": 3}, "application/json"
    ).json()
    assert both["settings"]["old_secret_until"] == until
    admin.post(f"{url}/test")
    assert receiver.received[-1].headers["plantrace-signature"].count("v1=") == 2
    for path in (url, f"{BASE}/channels", "/api/v1/audit"):
        assert SECRET not in admin.get(path).content.decode()


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_of_a_secret_url_only_its_host_is_shown(world: World, admin: Client, kind: str) -> None:
    url = "https://hooks.example.com/services/T0/B0/verysecret"
    made = make(admin, "channels", name="Chat", settings={"kind": kind, "url": url})
    assert made["settings"] == {"kind": kind, "host": "hooks.example.com", "secret_set": True}
    assert "verysecret" not in admin.get(f"{BASE}/channels").content.decode()


def test_a_channel_to_an_address_inside_is_refused(world: World, admin: Client) -> None:
    for url in ("https://127.0.0.1/hook", "https://[::1]/hook", "https://169.254.169.254/latest"):
        problem = make(admin, "channels", 400, **webhook(url, secret=SECRET))
        assert [each["field"] for each in problem["errors"]] == ["settings.url"], url
    apprise = {"kind": "apprise", "url": "json://localhost/hook"}
    assert make(admin, "channels", 400, name="A", settings=apprise)["errors"][0]["field"] == "settings.url"


def test_engineers_read_and_administrators_change(world: World, client_for: ClientFor, admin: Client) -> None:
    channel = make(admin, "channels", **webhook(secret=SECRET))["id"]
    route = make(admin, "routes", name="All", steps=[{"channels": [channel]}])["id"]
    engineer, viewer = client_for("engineer", world.tenant), client_for("viewer", world.tenant)
    reading = ["channels", f"channels/{channel}", "routes", f"routes/{route}", "shifts", "people", "deliveries"]
    for path in reading:
        assert engineer.get(f"{BASE}/{path}").status_code == 200, path
        assert viewer.get(f"{BASE}/{path}").status_code == 403, path
    for method, path in (
        ("POST", "channels"),
        ("PUT", f"channels/{channel}"),
        ("DELETE", f"channels/{channel}"),
        ("POST", f"channels/{channel}/test"),
        ("POST", "routes"),
        ("PUT", f"routes/{route}"),
        ("DELETE", f"routes/{route}"),
        ("POST", "shifts"),
    ):
        response = engineer.generic(method, f"{BASE}/{path}", b"{}", "application/json")
        assert response.status_code == 403, f"{method} {path}"


def test_who_was_slower_gets_what_is_stored_now(world: World, admin: Client) -> None:
    made = make(admin, "channels", **webhook(secret=SECRET))
    url = f"{BASE}/channels/{made['id']}"
    assert admin.put(url, {**webhook(), "name": "First", "revision": 1}, "application/json").status_code == 200
    slower = admin.put(url, {**webhook(), "name": "Second", "revision": 1}, "application/json")
    assert slower.status_code == 409
    assert slower.json()["current"]["name"] == "First"
    assert SECRET not in slower.content.decode() and "encrypted" not in slower.json()["current"]
    assert admin.delete(url, headers={"If-Match": '"1"'}).status_code == 409
    assert admin.delete(url, headers={"If-Match": '"2"'}).status_code == 204


def test_what_a_route_uses_cannot_be_deleted(world: World, admin: Client) -> None:
    channel = make(admin, "channels", **webhook(secret=SECRET))["id"]
    anna = member(admin, f"admin.{world.tenant.slug}")
    entry = {"days": [1], "from": "06:00", "to": "14:00", "people": [anna]}
    plan = make(admin, "shifts", name="Operators", zone="UTC", entries=[entry])["id"]
    route = make(admin, "routes", name="All", steps=[{"channels": [channel], "shifts": [plan]}])["id"]
    for path in (f"channels/{channel}", f"shifts/{plan}"):
        refused = admin.delete(f"{BASE}/{path}")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/in-use")
    for path in (f"routes/{route}", f"channels/{channel}", f"shifts/{plan}"):
        assert admin.delete(f"{BASE}/{path}").status_code == 204, path


def test_a_step_of_browsers_only_must_name_whose(world: World, admin: Client) -> None:
    browsers = make(admin, "channels", name="Browsers", settings={"kind": "push"})["id"]
    hook = make(admin, "channels", **webhook(secret=SECRET))["id"]
    refused = make(admin, "routes", 400, name="None", steps=[{"channels": [browsers]}])
    assert refused["errors"][0]["field"] == "steps[0].people"
    anna = member(admin, f"admin.{world.tenant.slug}")
    for number, step in enumerate(({"channels": [browsers], "people": [anna]}, {"channels": [browsers, hook]})):
        make(admin, "routes", name=f"Route {number}", steps=[step])


def test_tests_are_limited(world: World, admin: Client) -> None:
    channel = make(admin, "channels", name="Browsers", settings={"kind": "push"})["id"]
    allowed = Limit(("channel-test", world.tenant.id), MAX_TESTS, WINDOW_S)
    for _ in range(MAX_TESTS - 1):
        assert limits().take([allowed]) == 0
    assert admin.post(f"{BASE}/channels/{channel}/test").json() == {"results": [], "left_out": 0}
    refused = admin.post(f"{BASE}/channels/{channel}/test")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= WINDOW_S


def test_deliveries_are_listed_newest_first_and_by_state_channel_and_alarm(world: World, client_for: ClientFor) -> None:
    channel, other = world.channel(), world.channel(name="Other")
    world.route({"channels": [channel.id, other.id]})
    first = world.raise_alarm("s1")
    world.plan()
    world.now += 1_000
    second = world.raise_alarm("s2")
    world.plan()
    engineer = client_for("engineer", world.tenant)

    def found(**query: Any) -> list[tuple[str, str]]:
        results = engineer.get(f"{BASE}/deliveries", query).json()["results"]
        return [(each["key"], each["recipient"]) for each in results]

    assert [key for key, _ in found()] == [second, second, first, first]
    assert found(key=first, channel=other.id) == [(first, "Other")]
    assert found(state="sent") == [] and len(found(state="waiting")) == 4
    assert found(channel="nczzzzzzzzzz") == []
    page = engineer.get(f"{BASE}/deliveries", {"limit": 3}).json()
    rest = engineer.get(page["next"]).json()
    assert [each["id"] for each in (*page["results"], *rest["results"])] == [
        each["id"] for each in engineer.get(f"{BASE}/deliveries").json()["results"]
    ]
    assert rest["next"] is None
    one = page["results"][0]
    assert (one["alarms"], one["name"], one["route_name"], one["step"]) == (1, "Too warm", "Everybody", 0)


def test_a_preview_says_who_would_be_told_when_and_why(world: World, admin: Client) -> None:
    site = make_in_catalog(admin, "sites", name="Preview", slug=f"preview-{world.tenant.id}", timezone="UTC")
    hall = make_in_catalog(admin, "areas", site=site, name="Hall")
    cell = make_in_catalog(admin, "areas", site=site, name="Cell", parent=hall)
    username = f"admin.{world.tenant.slug}"
    channel = make(admin, "channels", **webhook(secret=SECRET))["id"]
    steps = [{"channels": [channel]}, {"after_s": 600, "people": [member(admin, username)]}]
    make(admin, "routes", name="Hall", match={"areas": [hall], "priorities": [1]}, steps=steps)

    def told(**body: Any) -> list[tuple[int, int, str]]:
        response = admin.post(f"{BASE}/preview", {"priority": 1, "at": world.now, **body}, "application/json")
        assert response.status_code == 200, response.content
        return [(each["at"] - world.now, each["step"], each["recipient"]) for each in response.json()["results"]]

    assert told(site=site, area=cell) == [(0, 0, "Hook"), (600_000, 1, username)]
    assert told(site=site) == told(site=site, area=hall, priority=2) == []
    [_, person] = admin.post(f"{BASE}/preview", {"priority": 1, "site": site, "area": cell}, "application/json").json()[
        "results"
    ]
    assert person["why"] == "Hall: nobody has acknowledged it, has no e-mail address"
    assert admin.post(f"{BASE}/preview", {"priority": 1, "site": "none"}, "application/json").status_code == 404
    assert world.planned() == []


def test_routes_are_put_in_order_all_or_none(
    world: World, admin: Client, client_for: ClientFor, rival: TenantConnection
) -> None:
    channel = make(admin, "channels", **webhook(secret=SECRET))["id"]
    made = [make(admin, "routes", name=name, order=10, steps=[{"channels": [channel]}]) for name in "ABC"]

    def put(order: list[dict[str, Any]], status: int = 200, client: Client = admin) -> Any:
        body = {"routes": [{"id": each["id"], "revision": each["revision"]} for each in order]}
        response = client.put(f"{BASE}/routes", body, "application/json")
        assert response.status_code == status, response.content
        return response.json()

    def names() -> list[str]:
        return [each["name"] for each in admin.get(f"{BASE}/routes").json()["results"]]

    a, b, c = made
    ordered = put([c, a, b])["results"]
    assert [each["name"] for each in ordered] == names() == ["C", "A", "B"]
    assert [each["order"] for each in ordered] == [10, 20, 30]
    assert [each["revision"] for each in ordered] == [1, 2, 2]  # C had its place already
    put([b, a, c], 409)  # A and B were read before
    c, a, b = ordered
    put([b, a], 409)
    put([b, b, c], 400)
    put([b, a, c, {"id": "none", "revision": 1}], 404)
    assert names() == ["C", "A", "B"]
    put([b, a, c], 403, client_for("engineer", world.tenant))
    put([b, a, c], 404, client_for("admin", rival))
    assert names() == ["C", "A", "B"]


def test_a_preview_of_an_asset_and_a_rule(world: World, admin: Client) -> None:
    site = make_in_catalog(admin, "sites", name="Preview", slug=f"asset-{world.tenant.id}", timezone="UTC")
    hall = make_in_catalog(admin, "areas", site=site, name="Hall")
    unit = make_in_catalog(admin, "assets", site=site, tag="AHU-1", name="Air handler", area=hall)
    fan = make_in_catalog(admin, "assets", site=site, tag="FAN-1", name="Fan", parent=unit)
    other = make_in_catalog(admin, "assets", site=site, tag="AHU-2", name="Air handler", area=hall)
    sensor = make_in_catalog(admin, "sensors", site=site, tag="TT-1", name="TT-1")
    rule = make_in_catalog(
        admin,
        "rules",
        name="Hot",
        applies={"sensors": [sensor]},
        trigger={"kind": "limit", "side": "high", "limit": 80},
    )
    channel = make(admin, "channels", **webhook(secret=SECRET))["id"]
    make(admin, "routes", name="Unit", match={"assets": [unit]}, steps=[{"channels": [channel]}])
    make(admin, "routes", name="Hot", match={"rules": [rule]}, steps=[{"channels": [channel]}])

    def told(status: int = 200, **body: Any) -> Any:
        response = admin.post(f"{BASE}/preview", {"priority": 1, "site": site, **body}, "application/json")
        assert response.status_code == status, response.content
        return [each["route_name"] for each in response.json()["results"]] if status == 200 else response.json()

    assert told(asset=fan) == told(asset=unit) == ["Unit"]  # what contains it counts, too
    assert told(asset=other) == told() == []
    assert told(rule=rule) == ["Hot"]
    assert sorted(told(asset=unit, rule=rule)) == ["Hot", "Unit"]
    assert told(400, asset=unit, area=hall)["errors"][0]["field"] == "asset"
    told(404, asset="none")
    told(404, rule="none")


def make_in_catalog(client: Client, kind: str, **body: Any) -> str:
    response = client.post(f"/api/v1/{kind}", body, "application/json")
    assert response.status_code == 201, response.content
    return str(response.json()["id"])
