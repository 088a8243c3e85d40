"""One's own browsers: everybody handles theirs, and sees nobody else's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from access.models import User
from alarms.notification.subscriptions import MAX_OF_A_PERSON
from kernel.tenancy import TenantConnection
from tests.access.conftest import login_client
from tests.alarms.notification.world import World
from tests.contracts.http.known import PUSH_KEYS

ClientFor = Callable[..., Client]
URL = "/api/v1/notification/push-subscriptions"
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(world: World, client_for: ClientFor) -> SignIn:
    """`sign_in("viewer")`: such a person of acme, signed in."""

    def sign_in(role: str) -> Client:
        client_for(role, world.tenant)
        return login_client(User.objects.get(username=f"{role}.{world.tenant.slug}"))

    return sign_in


@pytest.fixture
def viewer(sign_in: SignIn) -> Client:
    return sign_in("viewer")


def endpoint(name: str = "one") -> str:
    return f"https://push.example.com/{name}"


def subscribe(client: Client, name: str = "one", status: int = 201, **more: Any) -> Any:
    body = {"endpoint": endpoint(name), "keys": PUSH_KEYS, "browser": "Firefox on Linux", **more}
    response = client.post(URL, body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def listed(client: Client) -> list[Any]:
    results: list[Any] = client.get(URL).json()["results"]
    return results


def test_a_viewer_adds_and_removes_a_browser(viewer: Client) -> None:
    made = subscribe(viewer)
    assert listed(viewer) == [made]
    assert (made["browser"], made["digest"]) == ("Firefox on Linux", hashlib.sha256(endpoint().encode()).hexdigest())
    assert endpoint() not in viewer.get(URL).content.decode()
    assert viewer.delete(f"{URL}/{made['id']}").status_code == 204
    assert listed(viewer) == []
    assert viewer.delete(f"{URL}/{made['id']}").status_code == 404


def test_adding_a_browser_again_changes_nothing_else(viewer: Client) -> None:
    subscribe(viewer)
    subscribe(viewer)
    assert len(listed(viewer)) == 1


def test_somebody_else_s_browser_is_not_found(viewer: Client, sign_in: SignIn) -> None:
    made = subscribe(viewer)
    admin = sign_in("admin")
    assert admin.delete(f"{URL}/{made['id']}").status_code == 404
    assert listed(admin) == [] and listed(viewer) == [made]


def test_a_browser_belongs_to_who_switched_it_on_last(viewer: Client, sign_in: SignIn) -> None:
    engineer = sign_in("engineer")
    subscribe(viewer)
    subscribe(engineer)
    assert listed(viewer) == [] and len(listed(engineer)) == 1


def test_a_token_adds_and_removes_none(world: World, client_for: ClientFor, sign_in: SignIn) -> None:
    made = subscribe(sign_in("engineer"))
    token = client_for("engineer", world.tenant)
    assert token.post(URL, {}, "application/json").status_code == 403
    assert token.delete(f"{URL}/{made['id']}").status_code == 403
    assert listed(token) == [made]


@pytest.mark.parametrize(
    "more",
    [
        {"endpoint": "http://push.example.com/one"},
        {"endpoint": "https://127.0.0.1/one"},
        {"endpoint": "https://user:secret@push.example.com/one"},
        {"keys": {**PUSH_KEYS, "p256dh": "B" + "A" * 86}},  # not on the curve
        {"keys": {**PUSH_KEYS, "auth": "A" * 21 + "+"}},
    ],
)
def test_what_no_browser_has_is_refused(viewer: Client, more: dict[str, Any]) -> None:
    subscribe(viewer, status=400, **more)
    assert listed(viewer) == []


def test_a_person_has_a_bounded_number_of_browsers(viewer: Client) -> None:
    for n in range(MAX_OF_A_PERSON):
        subscribe(viewer, f"n{n}")
    assert subscribe(viewer, "one-more", status=409)["type"] == "/problems/too-many-push-subscriptions"
    assert len(listed(viewer)) == MAX_OF_A_PERSON


def test_the_key_is_that_of_the_installation(viewer: Client, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert viewer.get(URL).json()["key"] is None
    private = ec.generate_private_key(ec.SECP256R1())
    number = private.private_numbers().private_value.to_bytes(32, "big")
    settings.VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(number).decode().rstrip("=")
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert viewer.get(URL).json()["key"] == base64.urlsafe_b64encode(point).decode().rstrip("=")


def test_people_are_listed_with_how_many_browsers_they_have(
    viewer: Client, world: World, client_for: ClientFor, rival: TenantConnection
) -> None:
    subscribe(viewer)
    client_for("engineer", rival)
    people = client_for("engineer", world.tenant).get("/api/v1/notification/people").json()["results"]
    assert {each["username"]: each["browsers"] for each in people} == {
        f"engineer.{world.tenant.slug}": 0,
        f"viewer.{world.tenant.slug}": 1,
    }
