"""Password guesses are counted by name and by network, across all processes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from access import throttling
from access.operations import guessing
from access.operations.guessing import MAX_PER_NAME, MAX_PER_NETWORK, count_guess
from kernel.errors import TooManyRequests
from runtime.home import Home
from stores.redis.limits import Limits
from tests.access.conftest import MakePerson, MakeTenant
from tests.conftest import PASSWORD
from web.address import client_network

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str, address: str) -> Any:
    client = Client(REMOTE_ADDR=address)
    return client.post("/api/v1/login", {"username": username, "password": password}, content_type="application/json")


def test_guesses_of_a_name_are_limited_over_all_networks(make_person: MakePerson) -> None:
    make_person("anna")
    responses = [sign_in("anna", "wrong", f"192.0.2.{number}") for number in range(MAX_PER_NAME + 1)]
    assert [response.status_code for response in responses] == [401] * MAX_PER_NAME + [429]
    assert int(responses[-1]["Retry-After"]) > 0
    assert sign_in("anna", PASSWORD, "198.51.100.1").status_code == 429


def test_strangers_cannot_lock_a_user_out_of_their_own_network(make_person: MakePerson) -> None:
    make_person("anna")
    assert sign_in("anna", PASSWORD, "198.51.100.1").status_code == 200
    for number in range(MAX_PER_NAME + 1):
        sign_in("anna", "wrong", f"192.0.2.{number}")
    assert sign_in("anna", PASSWORD, "198.51.100.1").status_code == 200
    assert sign_in("anna", PASSWORD, "192.0.2.200").status_code == 429


def test_guesses_from_a_network_are_limited_over_all_names() -> None:
    for number in range(MAX_PER_NETWORK):
        count_guess(f"name{number}", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        count_guess("anna", "192.0.2.1")
    count_guess("anna", "192.0.2.2")


def test_all_addresses_of_an_ipv6_network_count_as_one(make_person: MakePerson) -> None:
    make_person("anna")
    responses = [sign_in("anna", "wrong", f"2001:db8:0:1::{number:x}") for number in range(1, 7)]
    assert [response.status_code for response in responses] == [401] * 4 + [429] * 2
    assert sign_in("anna", PASSWORD, "2001:db8:0:2::1").status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_attempts_are_counted_across_processes(
    make_person: MakePerson, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("anna")
    for number in range(MAX_PER_NAME):
        sign_in("anna", "wrong", f"192.0.2.{number}")
    another = Limits(home.redis_url)
    for module in (throttling, guessing):
        monkeypatch.setattr(module, "limits", lambda: another)
    assert sign_in("anna", "wrong", "192.0.2.99").status_code == 429


def test_successful_sign_ins_do_not_count(make_person: MakePerson) -> None:
    make_person("anna")
    for number in range(MAX_PER_NAME + 5):
        assert sign_in("anna", PASSWORD, f"192.0.2.{number}").status_code == 200


def test_the_database_lock_out_works_while_redis_is_down(
    make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("anna")
    away = Limits("redis://127.0.0.1:1/0")
    for module in (throttling, guessing):
        monkeypatch.setattr(module, "limits", lambda: away)
    assert sign_in("anna", PASSWORD, "192.0.2.1").status_code == 200
    assert [sign_in("anna", "wrong", "192.0.2.1").status_code for _ in range(5)] == [401] * 4 + [429]


def test_invitations_are_limited_by_tenant_and_by_address(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    from tests.access.conftest import login_client

    admin = login_client(make_person("adam", make_tenant(), "admin"))
    other = login_client(make_person("berta", make_tenant("rival"), "admin"))

    def invite(client: Client, email: str) -> int:
        body = {"role": "viewer", "email": email}
        status: int = client.post("/api/v1/members/invite", body, content_type="application/json").status_code
        return status

    assert [invite(admin, "Eva@example.org") for _ in range(6)] == [201] * 5 + [429]
    assert invite(other, "eva@EXAMPLE.org") == 429, "whoever asks"
    assert [invite(admin, "") for _ in range(56)] == [201] * 55 + [429]
    assert invite(other, "") == 201
