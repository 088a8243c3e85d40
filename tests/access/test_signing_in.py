"""Both ways to sign in with a password, and their common lock-out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from access import tasks  # noqa: F401  registers them
from access.models import ApiToken, User
from config.celery import app
from tests.access.conftest import MakePerson, MakeTenant, SignIn, bearer, browser, login_client
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Attempt = Callable[[str, str], Any]


def by_session(username: str, password: str) -> Any:
    client = Client()
    return post(client, "/api/v1/session", username=username, password=password)


def by_token(username: str, password: str) -> Any:
    return post(Client(), "/api/v1/login", username=username, password=password)


def post(client: Client, path: str, **values: object) -> Any:
    return client.post(path, values, content_type="application/json")


ways_to_sign_in = pytest.mark.parametrize("attempt", [by_session, by_token])


@ways_to_sign_in
def test_the_right_password_signs_in(attempt: Attempt, make_person: MakePerson) -> None:
    make_person("anna")
    assert attempt("anna", PASSWORD).status_code == 200
    assert attempt(" Anna ", PASSWORD).status_code == 200
    assert User.objects.get().last_login is not None


@ways_to_sign_in
def test_wrong_unknown_and_deactivated_get_the_same_answer(attempt: Attempt, make_person: MakePerson) -> None:
    make_person("anna")
    User.objects.filter(pk=make_person("gone").pk).update(is_active=False)
    responses = [attempt("anna", "wrong"), attempt("nobody", PASSWORD), attempt("gone", PASSWORD)]
    assert {response.status_code for response in responses} == {401}
    assert len({response.content for response in responses}) == 1


@ways_to_sign_in
def test_an_unknown_name_costs_one_hash_like_a_known_one(
    attempt: Attempt, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    make_person("anna")
    hashed: list[str] = []
    hasher = hashers.get_hasher().__class__
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *args: (hashed.append(args[0]), encode(self, *args))[1])
    attempt("anna", "wrong one")
    known = len(hashed)
    attempt("nobody", "wrong two")
    assert known == 1 and hashed == ["wrong one", "wrong two"]


@ways_to_sign_in
def test_the_fifth_failure_locks_both_ways_to_sign_in(attempt: Attempt, make_person: MakePerson) -> None:
    make_person("anna")
    for _ in range(4):
        assert attempt("anna", "wrong").status_code == 401
    for response in (attempt("anna", "wrong"), by_session("anna", PASSWORD), by_token("ANNA", PASSWORD)):
        assert response.status_code == 429
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["type"] == "/problems/locked-out"
        assert int(response["Retry-After"]) == 900


@ways_to_sign_in
def test_an_unknown_name_locks_just_the_same(attempt: Attempt, db: None) -> None:
    statuses = [attempt("nobody", "wrong").status_code for _ in range(6)]
    assert statuses == [401] * 4 + [429] * 2


def test_a_lock_keeps_out_one_name_from_one_address_only(make_person: MakePerson) -> None:
    make_person("anna")
    make_person("bert")
    for _ in range(6):
        by_token("anna", "wrong")
    assert by_token("bert", PASSWORD).status_code == 200
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert post(elsewhere, "/api/v1/login", username="anna", password=PASSWORD).status_code == 200


def test_a_lock_out_ends_after_15_minutes_and_further_attempts_do_not_prolong_it(make_person: MakePerson) -> None:
    make_person("anna")
    for _ in range(8):
        by_token("anna", "wrong")
    before = AccessAttempt.objects.get().attempt_time
    by_token("anna", "wrong")
    assert AccessAttempt.objects.get().attempt_time == before
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert by_token("anna", PASSWORD).status_code == 200


def test_a_success_resets_earlier_failures(make_person: MakePerson) -> None:
    make_person("anna")
    for _ in range(3):
        for _ in range(4):
            assert by_session("anna", "wrong").status_code == 401
        assert by_session("anna", PASSWORD).status_code == 200


def test_a_forwarded_address_is_trusted_only_from_our_own_proxies(make_person: MakePerson, settings: Any) -> None:
    make_person("anna")

    def knock(number: int) -> int:
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"})
        status: int = post(client, "/api/v1/login", username="anna", password="wrong").status_code
        return status

    assert [knock(number) for number in range(6)][-1] == 429
    settings.TRUSTED_PROXIES = 1
    assert knock(7) == 401


def test_sign_in_attempts_are_rate_limited(make_person: MakePerson) -> None:
    responses = [by_token(f"nobody{number}", "x") for number in range(61)]
    assert [response.status_code for response in responses] == [401] * 60 + [429]
    assert int(responses[-1]["Retry-After"]) > 0


def test_signing_in_by_cookie_needs_the_csrf_token(make_person: MakePerson) -> None:
    make_person("anna")
    client = Client(enforce_csrf_checks=True)
    assert post(client, "/api/v1/session", username="anna", password=PASSWORD).status_code == 403
    assert browser("anna", PASSWORD).get("/api/v1/me").status_code == 200


def test_signing_in_gives_a_new_session_key(make_person: MakePerson) -> None:
    make_person("anna")
    client = Client()
    client.session.save()
    client.cookies["plantrace_session"] = fixed = client.session.session_key or "x" * 32
    post(client, "/api/v1/session", username="anna", password=PASSWORD)
    assert client.cookies["plantrace_session"].value != fixed


def test_signing_out_ends_the_session_at_once(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    stolen = client.cookies["plantrace_session"].value
    assert client.get("/api/v1/me").status_code == 200
    assert client.delete("/api/v1/session").status_code == 204
    thief = Client()
    thief.cookies["plantrace_session"] = stolen
    assert thief.get("/api/v1/me").status_code == 401


def test_logging_out_ends_the_token_at_once(make_person: MakePerson) -> None:
    make_person("anna")
    client = bearer(by_token("anna", PASSWORD).json()["token"])
    assert client.get("/api/v1/me").status_code == 200
    assert client.post("/api/v1/logout").status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_only_the_digest_of_a_token_is_stored(make_person: MakePerson) -> None:
    make_person("anna")
    token = by_token("anna", PASSWORD).json()["token"]
    row = ApiToken.objects.values().get()
    assert not any(token in str(value) for value in row.values())
    assert len(row["token_key"]) == 15


def test_me_returns_the_caller_and_their_memberships(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    anna = make_person("anna", make_tenant("acme"), "admin")
    make_person("anna", make_tenant("rival"), "viewer")
    answer = sign_in(anna).get("/api/v1/me").json()
    assert answer["csrf"]
    assert [(each["slug"], each["role"], each["state"]) for each in answer["tenants"]] == [
        ("acme", "admin", "ready"),
        ("rival", "viewer", "ready"),
    ]
    assert answer["operator"] is False
    assert login_client(anna).get("/api/v1/me").json()["via"] == "token"


def patch_me(client: Client, **values: object) -> Any:
    return client.patch("/api/v1/me", values, content_type="application/json")


def test_people_change_their_own_name_and_address(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    response = patch_me(client, name="Anna B", email="a@b.example", current_password=PASSWORD)
    assert response.json()["user"] == {"username": "anna", "name": "Anna B", "email": "a@b.example"}
    assert patch_me(client, name="Anna C", email="a@b.example").status_code == 200, "the same address is no change"
    assert patch_me(client, email="nonsense", current_password=PASSWORD).status_code == 400


def test_another_address_needs_the_password_and_guessing_it_locks(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    response = patch_me(client, email="thief@example.org")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/password-needed")
    statuses = [patch_me(client, email="thief@example.org", current_password="x").status_code for _ in range(6)]
    assert statuses == [400] * 4 + [429] * 2
    assert User.objects.get().email == ""


def test_the_old_address_is_notified_of_the_change(make_person: MakePerson, sign_in: SignIn, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    app.conf.task_always_eager = True
    try:
        client = sign_in(make_person("anna"))
        patch_me(client, email="old@example.org", current_password=PASSWORD)
        assert mail.outbox == [], "there was none before"
        patch_me(client, email="new@example.org", current_password=PASSWORD)
    finally:
        app.conf.task_always_eager = False
    (sent,) = mail.outbox
    assert sent.to == ["old@example.org"] and "anna" in sent.body and "new@example.org" not in sent.body


def test_a_name_is_one_line(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    for name in ("Anna\nYour account is locked: https://evil.example", "Anna\u2028B", "Anna\x07"):
        assert patch_me(client, name=name).status_code == 400, name


def test_invalid_bodies_are_rejected_with_the_reason(db: None) -> None:
    response = post(Client(), "/api/v1/login", username="anna")
    assert response.status_code == 400 and "password" in response.json()["detail"]
    assert Client().post("/api/v1/login", "{", content_type="application/json").status_code == 400
    assert Client().post("/api/v1/login", [1], content_type="application/json").status_code == 400
    assert post(Client(), "/api/v1/login", username="a\0b", password="x").status_code == 400
