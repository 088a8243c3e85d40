"""The cost of a query: no relational query, one round trip to InfluxDB, few to Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.tenancy import TenantConnection
from stores.redis import questions
from stores.timeseries import Timeseries
from tests.historian.years import END, YEAR, Truth

NOW = END + 60_000
# Whether the database answers, that somebody reads, who has changed: each a few times a second of a process at most.
PERIODIC = 3


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for views in ("views", "retention_views"):
        monkeypatch.setattr(f"historian.http.{views}.now_ms", lambda: NOW)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """A context that counts requests to InfluxDB, commands to Redis and statements of the relational database."""
    counts = {"influx": 0, "redis": 0}

    def count(owner: Any, name: str, what: str) -> None:
        real = getattr(owner, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            counts[what] += 1
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)

    count(Timeseries, "_send", "influx")
    count(redis.Redis, "execute_command", "redis")
    count(redis.client.Pipeline, "execute", "redis")
    count(questions, "_replies", "redis")

    @contextmanager
    def within() -> Iterator[dict[str, int]]:
        counts.update(influx=0, redis=0)
        with CaptureQueriesContext(connection) as statements:
            yield counts
        counts["sql"] = len(statements)

    return within


CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("minute", "samples", {"start": END - 40 * 86_400_000 - 7, "end": END - 7, "points": 1_000}, 1),
    ("quarter", "samples", {"start": END - 3 * YEAR - 7, "end": END - 7, "points": 1_000}, 1),
    ("valve", "samples", {"start": END - 2 * YEAR, "end": END, "points": 1_000}, 1),
    ("meter", "samples", {"start": END - 15 * 86_400_000, "end": END, "points": 500}, 1),
    ("quarter", "statistics", {"start": END - 2 * YEAR - 12_345, "end": END - 99}, 1),
    ("valve", "statistics", {"start": END - 2 * YEAR - 12_345, "end": END - 99}, 1),
]


@pytest.mark.parametrize(("tag", "what", "query", "requests"), CALLS, ids=[f"{tag}-{what}" for tag, what, *_ in CALLS])
def test_a_query_of_a_ladder_is_one_request_and_no_statement(
    client_for: Callable[..., Client], acme: TenantConnection, site: dict[str, Truth], counted: Any,
    tag: str, what: str, query: dict[str, Any], requests: int,
) -> None:  # fmt: skip
    client, path = client_for("viewer", acme), f"/api/v1/sensors/{site[tag].sensor.id}/{what}"
    first = client.get(path, query)
    with counted() as counts:
        response = client.get(path, query)
    assert response.status_code == 200
    assert response.json() == first.json()
    assert response.json()["rung"] != "raw"
    assert (counts["sql"], counts["influx"]) == (0, requests)
    assert counts["redis"] <= (1 if what == "samples" else 2) + PERIODIC, "which catalog, which marks"


def test_values_and_many_sensors_take_few_requests(
    client_for: Callable[..., Client], acme: TenantConnection, site: dict[str, Truth], counted: Any
) -> None:
    client, ids = client_for("viewer", acme), [truth.sensor.id for truth in site.values()]
    body = {"sensors": ids, "start": END - 10 * 86_400_000, "end": END, "points": 500}
    calls: list[tuple[Callable[[], Any], int]] = [
        (lambda: client.get("/api/v1/values", {"sensors": ",".join(ids)}), 4),
        (lambda: client.get("/api/v1/values", {"sensors": ",".join(ids), "at": END - 8 * 86_400_000}), 4),
        (lambda: client.post("/api/v1/samples/query", body, content_type="application/json"), 8),
    ]
    for call, most in calls:
        assert call().status_code == 200
        with counted() as counts:
            assert call().status_code == 200
        assert counts["sql"] == 0
        assert counts["influx"] <= most, counts
        assert counts["redis"] <= 1 + PERIODIC
