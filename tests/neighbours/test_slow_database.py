"""A database that answers pings and nothing else: how long a web process lets a request wait for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.installation import Platform
from tests.neighbours.test_share import slow_server
from tests.neighbours.test_stopped_database import ensure_sensor, raw

SLOW = "sluggish"
MAX_WAIT_S = 15  # half of what a worker waits


@contextmanager
def database_at(platform: Platform, slug: str, url: str) -> Iterator[None]:
    """The tenant's data is asked for at another address."""
    before = platform.get(f"/api/v1/tenants/{slug}", "operator").json()["endpoints"]
    move(platform, slug, {**before, "http": url})
    try:
        yield
    finally:
        move(platform, slug, before)


def move(platform: Platform, slug: str, endpoints: dict[str, str]) -> None:
    platform.shell(
        f"""
from tenants.lifecycle import State
from tenants.models import Tenant
from tenants.signals import announce
Tenant.objects.filter(slug={slug!r}).update(endpoints={endpoints!r})
announce(Tenant.objects.get(slug={slug!r}).id, {slug!r}, State.ready)
"""
    )


def test_a_request_waits_a_few_seconds_for_a_slow_database(platform: Platform) -> None:
    sensor = ensure_sensor(platform, SLOW)
    with slow_server() as url, database_at(platform, SLOW, url):
        deadline = time.monotonic() + 90
        while raw(platform, SLOW, sensor).status_code == 200:  # a process has not heard of the address yet
            assert time.monotonic() < deadline
        began = time.monotonic()
        answer = raw(platform, SLOW, sensor)
        waited = time.monotonic() - began
    assert answer.status_code == 503, answer.text
    assert "did not answer within 5 s" in answer.json()["detail"]
    assert 3 < waited < MAX_WAIT_S
