"""The flow of samples over HTTP: what each stage counted, step by step."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import TenantConnection
from stores.redis.flow_counters import FINE, MEDIUM, RESOLUTIONS, SOURCE_COUNTERS, WRITER_COUNTERS, source_stage
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_dead_letters import create_sensor, letters, replay
from tests.ingest.test_write import post
from web.stores import streams

T = 1_770_000_000


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", acme)


def flow(client: Client, span: str = "15m") -> dict[str, Any]:
    response = client.get(f"/api/v1/flow?span={span}")
    assert response.status_code == 200, response.content
    return dict(response.json())


def totals(found: dict[str, Any], source: str = "influxdb") -> dict[str, int]:
    """By what is counted, source and writer together; zeros before the source was used."""
    of = next((each for each in found["sources"] if each["id"] == source), {})
    counted = {f"source.{name}": sum(of.get(name, ())) for name in SOURCE_COUNTERS}
    return counted | {f"writer.{name}": sum(found["writer"][name]) for name in WRITER_COUNTERS}


def added(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def test_each_stage_counts_what_passed_it(plant: Plant, engineer: Client) -> None:
    drain(plant.tenant)
    before = totals(flow(engineer))
    lines = [f"{plant.slug},sensor=TT-101 value={k} {T + k}" for k in range(3)]
    post(engineer, "\n".join([*lines, f"{plant.slug},sensor=TT-9 value=1 {T}", "not a line"]), "?precision=s")
    queued = flow(engineer)
    assert added(before, totals(queued)) == {"source.accepted": 3, "source.rejected": 2, "source.requests": 1}
    assert queued["queue"]["waiting"] == 3
    assert abs(queued["queue"]["oldest"] - queued["at"]) < 60_000
    drain(plant.tenant)
    after = flow(engineer)
    written = added(totals(queued), totals(after))
    assert (written["writer.stored"], written["writer.batches"]) == (3, 1)
    assert 0 < written["writer.lag_ms"] < 60_000
    assert after["queue"] == {"waiting": 0, "limit": plant.tenant.limits.stream_length, "oldest": None}
    assert after["writer"]["last"] is not None and after["letters"]["kept"] >= 2


@pytest.mark.parametrize("span", ["15m", "1d", "30d"])
def test_every_span_has_what_happened_now_in_its_last_steps(plant: Plant, engineer: Client, span: str) -> None:
    before = totals(flow(engineer, span))
    post(engineer, f"{plant.slug},sensor=TT-101 value=1 {T}", "?precision=s")
    found = flow(engineer, span)
    assert added(before, totals(found)) == {"source.accepted": 1, "source.requests": 1}
    (source,) = [each for each in found["sources"] if each["id"] == "influxdb"]
    steps = len(source["accepted"])
    assert sum(source["accepted"][-2:]) >= 1  # the last step, or the one before if it ended meanwhile
    assert found["start"] + steps * found["step_ms"] > found["at"] >= found["start"] + (steps - 2) * found["step_ms"]
    drain(plant.tenant)


def test_what_is_older_than_the_span_is_not_in_it(plant: Plant, engineer: Client) -> None:
    """Read as of later: the counters are where they were, and the window has moved on."""
    post(engineer, f"{plant.slug},sensor=TT-101 value=1 {T}", "?precision=s")
    now = int(time.time())
    stage = [(source_stage("influxdb"), SOURCE_COUNTERS)]

    def accepted(at: int) -> list[int]:
        (counted,) = streams().flow_counters.read(plant.tenant.prefix, stage, FINE, 900, at)
        return counted.numbers["accepted"]

    in_window, later = accepted(now), accepted(now + 600)
    assert sum(in_window) >= 1 and len(in_window) == len(later) == 90
    assert later[:30] == in_window[60:] and not any(later[40:])
    assert not any(accepted(now + 920))
    drain(plant.tenant)


def test_a_letter_that_is_stored_after_all_is_a_replay(plant: Plant, engineer: Client) -> None:
    before = totals(flow(engineer), "replay")
    post(engineer, f"{plant.slug},sensor=TT-9 value=1 {T}", "?precision=s")
    create_sensor(plant, "TT-9")
    (letter, *_) = letters(engineer, "?limit=1")
    assert replay(engineer, letter["id"]).status_code == 200
    after = flow(engineer)
    assert added(before, totals(after, "replay")) == {"source.accepted": 1, "source.requests": 1}
    (source,) = [each for each in after["sources"] if each["id"] == "replay"]
    assert abs(source["last"] - after["at"]) < 60_000
    drain(plant.tenant)


def test_senders_are_counted_once(plant: Plant, engineer: Client, client_for: ClientFor) -> None:
    (before,) = [each["senders"] for each in flow(engineer)["sources"] if each["id"] == "influxdb"]
    for _ in range(2):
        for client in (client_for("engineer", plant.tenant), client_for("admin", plant.tenant)):
            post(client, f"{plant.slug},sensor=TT-101 value=1 {T}", "?precision=s")
    (source,) = [each for each in flow(engineer)["sources"] if each["id"] == "influxdb"]
    assert before + 1 <= source["senders"] <= before + 4 and source["last"] is not None
    drain(plant.tenant)


def test_another_tenant_sees_its_own_flow_only(plant: Plant, rival: TenantConnection, client_for: ClientFor) -> None:
    other = client_for("viewer", rival)
    before = totals(flow(other))
    post(client_for("engineer", plant.tenant), f"{plant.slug},sensor=TT-101 value=1 {T}", "?precision=s")
    assert totals(flow(other)) == before
    drain(plant.tenant)


def test_an_unknown_span_is_refused(engineer: Client) -> None:
    assert engineer.get("/api/v1/flow?span=2h").status_code == 400


def test_counters_take_little_room(plant: Plant, engineer: Client) -> None:
    """Whatever passed: a string has the size of its slots."""
    post(engineer, f"{plant.slug},sensor=TT-101 value=1 {T}", "?precision=s")
    drain(plant.tenant)
    redis = streams()._redis
    keys = [key for key in redis.scan_iter(match=f"{plant.tenant.prefix}flow:*") if b"senders" not in key]
    sizes = {key: redis.strlen(key) for key in keys}
    largest = max(each.slots for each in RESOLUTIONS) * 8 * len(WRITER_COUNTERS)
    assert sizes and max(sizes.values()) <= largest
    assert all(0 < redis.ttl(key) <= max(each.ttl_s for each in RESOLUTIONS) for key in keys)
    assert MEDIUM.slots * 8 * len(WRITER_COUNTERS) <= largest
