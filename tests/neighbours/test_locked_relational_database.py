"""Somebody holds the write lock of SQLite for long: requests that only read are answered nevertheless."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import Any

import requests

from access.identity_cache import TTL_S
from tests.installation import Platform
from tests.waiting import wait_until

SLUG = "locked"
UNUSED = "UPDATE access_apitoken SET last_used = NULL"
USED = "SELECT count(*) FROM access_apitoken WHERE last_used IS NOT NULL"


def test_requests_with_tokens_and_sessions_are_answered_and_their_use_is_noted_later(platform: Platform) -> None:
    platform.ensure_tenant(SLUG)
    person = platform.ensure_person(SLUG, SLUG)
    platform.ensure_sensor(SLUG)
    session = signed_in(platform, person)
    with closing(
        sqlite3.connect(platform.home.folder() / "control.sqlite3", isolation_level=None, timeout=20)
    ) as other:
        other.execute(UNUSED)
        other.execute("UPDATE django_session SET expire_date = datetime(expire_date, '-1 hours')")
        platform.shell("from access.resolution import epochs; epochs().invalidate('user:0')")
        other.execute("BEGIN IMMEDIATE")
        seconds: list[float] = []
        end = time.monotonic() + 2 * TTL_S  # every process reads the identities again
        while time.monotonic() < end:
            for ask in (lambda: platform.get("/api/v1/sensors", SLUG), lambda: in_session(platform, session)):
                began = time.monotonic()
                answer = ask()
                seconds.append(time.monotonic() - began)
                assert answer.status_code == 200, answer.text
        other.execute("ROLLBACK")
        assert max(seconds) < 10, sorted(seconds)[-5:]  # half of what the lock is waited for elsewhere
        assert other.execute(USED).fetchone() == (0,)

        def is_noted() -> bool:
            platform.get("/api/v1/sensors", SLUG)
            return bool(other.execute(USED).fetchone()[0])

        wait_until(is_noted, 3 * TTL_S)


def signed_in(platform: Platform, person: dict[str, Any]) -> requests.Session:
    session, address = requests.Session(), f"{platform.url}/api/v1/session"
    session.get(address, timeout=30)
    headers = {"X-CSRFToken": session.cookies["plantrace_csrf"], "Origin": platform.url}
    credentials = {name: person[name] for name in ("username", "password")}
    session.post(address, json=credentials, headers=headers, timeout=30).raise_for_status()
    return session


def in_session(platform: Platform, session: requests.Session) -> requests.Response:
    return session.get(f"{platform.url}/api/v1/sensors", headers={"X-Plantrace-Tenant": SLUG}, timeout=30)
