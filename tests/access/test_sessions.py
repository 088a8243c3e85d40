"""The idle and absolute limits of a browser's session."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access.loading import identity_of_session_key
from access.operations.passwords import reset_token, set_password, user_of_reset
from access.resolution import identity_cache
from access.sessions import STARTED, SessionStore
from tests.access.conftest import MakePerson, SignIn
from tests.isolation import ROOT

pytestmark = pytest.mark.django_db


def asks(client: Client) -> int:
    identity_cache().clear()  # a process remembers a caller for some seconds
    status: int = client.get("/api/v1/me").status_code
    return status


def pass_time(client: Client, time: timedelta) -> None:
    """Backdates the person's last request and sign-in."""
    key = client.cookies["plantrace_session"].value
    store = SessionStore(key)
    started = store[STARTED] - int(time.total_seconds())
    row = Session.objects.get(pk=key)
    data = {**store.load(), STARTED: started}
    Session.objects.filter(pk=key).update(session_data=store.encode(data), expire_date=row.expire_date - time)


def test_an_unused_session_expires(make_person: MakePerson, sign_in: SignIn, settings: Any) -> None:
    client = sign_in(make_person("anna"))
    pass_time(client, timedelta(seconds=settings.SESSION_IDLE_S - 5))
    assert asks(client) == 200
    pass_time(client, timedelta(seconds=settings.SESSION_IDLE_S + 1))
    assert asks(client) == 401


def test_using_it_keeps_it_and_only_to_the_absolute_limit(
    make_person: MakePerson, sign_in: SignIn, settings: Any
) -> None:
    settings.SESSION_IDLE_S, settings.SESSION_MAX_S = 1000, 3000
    client = sign_in(make_person("anna"))
    for _ in range(3):
        pass_time(client, timedelta(seconds=900))
        assert asks(client) == 200
    pass_time(client, timedelta(seconds=301))
    assert asks(client) == 401


def test_noting_use_costs_a_write_a_minute_at_most(
    make_person: MakePerson, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(make_person("anna"))
    before = Session.objects.get().expire_date
    for _ in range(3):
        assert asks(client) == 200
    assert Session.objects.get().expire_date == before


def test_a_session_that_has_ended_is_not_revived_by_a_concurrent_request(
    make_person: MakePerson, sign_in: SignIn
) -> None:
    client = sign_in(make_person("anna"))
    store = SessionStore(client.cookies["plantrace_session"].value)
    assert store[STARTED]
    store.kept_until -= timedelta(hours=1)  # type: ignore[operator]
    Session.objects.all().delete()
    store.note_use(timezone.now())
    assert not Session.objects.exists() and asks(client) == 401


def test_a_session_from_before_there_were_limits_has_expired(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    store = SessionStore(client.cookies["plantrace_session"].value)
    del store[STARTED]
    Session.objects.update(session_data=store.encode(dict(store.items())))
    assert asks(client) == 401


@pytest.fixture
def rotate(settings: Any) -> Callable[[], None]:
    def rotate() -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]

    return rotate


def test_nobody_is_signed_out_while_the_secret_key_is_rotated(
    make_person: MakePerson, sign_in: SignIn, rotate: Callable[[], None], settings: Any
) -> None:
    browser = sign_in(make_person("anna"))
    key = browser.cookies["plantrace_session"].value
    link = reset_token(make_person("berta"))
    rotate()
    for _ in range(2):  # a request beside it has the same cookie
        assert asks(browser) == 200 and browser.cookies["plantrace_session"].value == key
        assert identity_of_session_key(key) is not None, "a tenant's pod cannot hand the browser another one"
    later = sign_in(make_person("anton"))
    assert user_of_reset(link).username == "berta"
    settings.SECRET_KEY_FALLBACKS = []
    assert (asks(browser), asks(later)) == (401, 200)


def test_a_session_dies_with_the_password_also_under_an_earlier_secret_key(
    make_person: MakePerson, sign_in: SignIn, rotate: Callable[[], None]
) -> None:
    anna = make_person("anna")
    browser = sign_in(anna)
    rotate()
    set_password(anna, "another-Long-one-4711")
    assert asks(browser) == 401


def test_a_new_password_leaves_the_limits_as_they_were(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    pass_time(client, timedelta(hours=1))
    started = SessionStore(client.cookies["plantrace_session"].value)[STARTED]
    body = {"current": "correct horse battery staple", "new": "another long password"}
    assert client.post("/api/v1/me/password", body, content_type="application/json").status_code == 204
    assert SessionStore(client.cookies["plantrace_session"].value)[STARTED] == started


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"HTTPS": "1"}, "__Host-plantrace_session __Host-plantrace_csrf 86400 1209600"),
        ({"SESSION_IDLE_S": "900", "SESSION_MAX_S": "28800"}, "plantrace_session plantrace_csrf 900 28800"),
        ({"SESSION_IDLE_S": "1"}, "SESSION_IDLE_S must be 60"),
        ({"SESSION_MAX_S": "a day"}, "SESSION_MAX_S must be 60"),
        ({"SESSION_IDLE_S": "9000", "SESSION_MAX_S": "8000"}, "must not be longer than SESSION_MAX_S"),
    ],
)
def test_the_settings_of_sessions(environment: dict[str, str], says: str) -> None:
    code = (
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_IDLE_S, s.SESSION_MAX_S)"
    )
    run = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", code],
        env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert says in run.stdout + run.stderr
