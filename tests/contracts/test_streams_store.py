"""The contract of the ingest streams, against a real Redis."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel.errors import NotFound, TooManyRequests, Unavailable
from kernel.ids import new_id
from kernel.tenancy import Credentials, Limits, TenantConnection
from runtime.supervisor import Supervisor
from stores.redis.client import CONNECT_TIMEOUT_S, redis_client
from stores.redis.dead_letters import COUNTS, Buried
from stores.redis.entries import Entry
from stores.redis.latest import Latest, pack_latest, unpack_latest
from stores.redis.streams import ALL_WAITING, Streams
from stores.redis.writer_identity import own_identity
from stores.redis.writer_lease import READY_OF_WRITER
from tests.properties import examples

NOBODY = Credentials("", "")


def connection(limits: Limits | None = None) -> TenantConnection:
    return TenantConnection(
        new_id("t"), secrets.token_hex(3), "T", "http://127.0.0.1:9", NOBODY, NOBODY, limits or Limits()
    )


@pytest.fixture
def streams(servers: Supervisor) -> Streams:
    return Streams(settings.REDIS_URL)


@pytest.fixture
def tenant(streams: Streams) -> Iterator[TenantConnection]:
    made = connection()
    yield made
    streams.drop_tenant(made.prefix)


def payloads(entries: list[Entry]) -> list[bytes]:
    return [entry.payload for entry in entries]


def test_entries_are_read_once_in_the_order_of_appending(streams: Streams, tenant: TenantConnection) -> None:
    streams.append(tenant, [(1, b"a"), (2, b"b")])
    streams.append(tenant, [(1, b"c")])
    assert payloads(streams.read(tenant.prefix, 2)) == [b"a", b"b"]
    assert payloads(streams.read(tenant.prefix, 9)) == [b"c"]
    assert streams.read(tenant.prefix, 9) == []


def test_what_was_read_and_not_committed_is_claimed_again_in_order(streams: Streams, tenant: TenantConnection) -> None:
    streams.append(tenant, [(1, bytes([k])) for k in range(10)])
    read = streams.read(tenant.prefix, 6)
    streams.commit(tenant.prefix, read[:2])
    claimed = Streams(settings.REDIS_URL).claim(tenant.prefix, 3)
    assert claimed == read[2:5]
    assert streams.claim(tenant.prefix, 9, claimed[-1].id) == read[5:]
    assert streams.claim(tenant.prefix, 9, read[-1].id) == []


def test_only_a_commit_frees_space(streams: Streams, tenant: TenantConnection) -> None:
    streams.append(tenant, [(30, b"x"), (12, b"y")])
    assert streams.backlogs([tenant.prefix, "pt:nobody:"]) == [42, 0]
    entries = streams.read(tenant.prefix, 9)
    assert streams.backlogs([tenant.prefix]) == [42]
    assert streams.commit(tenant.prefix, entries) == 2
    assert streams.commit(tenant.prefix, entries) == 0, "twice is once"
    assert streams.backlogs([tenant.prefix]) == [0]


def test_a_commit_stores_latest_values_dead_letters_and_acknowledgements_in_one_step(
    streams: Streams, tenant: TenantConnection
) -> None:
    streams.append(tenant, [(1, b"x")])
    entries = streams.read(tenant.prefix, 1)
    streams.commit(tenant.prefix, entries, {"s1": Latest(5, 1.5, 0)}, Buried([b"letter"]))
    assert streams.latest.read(tenant.prefix, ["s1", "s2"]) == {"s1": Latest(5, 1.5, 0)}
    assert [letter.payload for letter in streams.dead_letters.page(tenant.prefix, 9)] == [b"letter"]


LATEST = st.builds(Latest, st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False) | st.text(), st.integers(0, 2))


@hypothesis_settings(deadline=None)
@given(LATEST)
def test_a_latest_value_survives_packing(sample: Latest) -> None:
    assert unpack_latest(pack_latest(sample)) == sample


@hypothesis_settings(
    max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LATEST, min_size=1, max_size=8))
def test_an_older_sample_never_replaces_a_newer_one(
    streams: Streams, tenant: TenantConnection, samples: list[Latest]
) -> None:
    streams.latest.drop(tenant.prefix, ["s"])
    for sample in samples:
        streams.latest.store(tenant.prefix, {"s": sample})
    newest = max(sample.t for sample in samples)
    expected = [sample for sample in samples if sample.t == newest][-1]
    assert streams.latest.read(tenant.prefix, ["s"]) == {"s": expected}


def test_waiting_ends_when_something_is_appended(streams: Streams, tenant: TenantConnection) -> None:
    while streams.wait_ready(0.05):
        pass
    threading.Timer(0.2, streams.append, (tenant, [(1, b"x")])).start()
    began = time.monotonic()
    assert streams.wait_ready(60) == [tenant.prefix]
    assert time.monotonic() - began < 30, "before its time was over"
    assert streams.wait_ready(0.05) == []


def test_the_rate_holds_on_average_and_a_refusal_costs_nothing(streams: Streams) -> None:
    tenant = connection(Limits(samples_per_s=100))
    streams.append(tenant, [(250, b"x")])
    with pytest.raises(TooManyRequests) as refused:
        streams.append(tenant, [(1, b"y")])
    assert refused.value.extra["retry_after"] in (1, 2)
    time.sleep(1.65)
    streams.append(tenant, [(1, b"z")])
    assert payloads(streams.read(tenant.prefix, 9)) == [b"x", b"z"]
    streams.drop_tenant(tenant.prefix)


def test_a_sender_over_its_rate_is_refused_without_asking_redis(streams: Streams) -> None:
    tenant = connection(Limits(samples_per_s=100))
    streams.check_rate(tenant)
    streams.append(tenant, [(250, b"x")])
    streams.check_rate(tenant)
    with pytest.raises(TooManyRequests):
        streams.append(tenant, [(1, b"y")])
    with pytest.raises(TooManyRequests, match="may send 100 samples") as refused:
        streams.check_rate(tenant)
    assert refused.value.extra["retry_after"] in (1, 2)
    streams.check_rate(replace(tenant, limits=Limits(samples_per_s=200)))  # an operator raised it
    time.sleep(1.65)
    streams.check_rate(tenant)
    streams.append(tenant, [(1, b"z")])
    streams.drop_tenant(tenant.prefix)


def test_a_limit_of_zero_does_not_mean_unlimited(streams: Streams) -> None:
    with pytest.raises(TooManyRequests, match="may send 0 samples per second"):
        streams.append(connection(Limits(samples_per_s=0)), [(1, b"x")])


def test_the_backlog_is_bounded_in_samples_and_in_bytes(streams: Streams) -> None:
    tenant = connection(Limits(stream_length=1000))
    streams.append(tenant, [(900, b"x")])
    with pytest.raises(TooManyRequests, match="900 samples of"):
        streams.append(tenant, [(200, b"y")])
    with pytest.raises(TooManyRequests):
        streams.append(tenant, [(1, bytes(64 * 200))])
    streams.append(tenant, [(100, b"z")])
    streams.drop_tenant(tenant.prefix)


def test_a_dropped_tenant_leaves_nothing_and_cannot_reappear(streams: Streams, tenant: TenantConnection) -> None:
    other = connection()
    streams.append(other, [(1, b"stays")])
    streams.append(tenant, [(1, b"x"), (1, b"y")])
    under_way = streams.read(tenant.prefix, 1)
    streams.latest.store(tenant.prefix, {"s": Latest(1, 1.0)})
    redis_client(settings.REDIS_URL).set(f"{tenant.prefix}anything", 1)
    assert streams.drop_tenant(tenant.prefix) >= 5
    with pytest.raises(NotFound):
        streams.append(tenant, [(1, b"z")])
    streams.commit(tenant.prefix, under_way, {"s": Latest(2, 2.0)}, Buried([b"l"]))
    streams.latest.store(tenant.prefix, {"s": Latest(3, 3.0)})
    assert streams.read(tenant.prefix, 9) == streams.claim(tenant.prefix, 9) == []
    assert list(streams._redis.scan_iter(f"{tenant.prefix}*")) == [f"{tenant.prefix}dropped".encode()]
    assert streams.drop_tenant(tenant.prefix) == 0
    assert payloads(streams.read(other.prefix, 9)) == [b"stays"]
    streams.drop_tenant(other.prefix)


def test_a_redis_that_is_down_is_unavailable_at_once() -> None:
    down = Streams("redis://127.0.0.1:9/0")
    tenant = connection()
    began = time.monotonic()
    for call in (
        lambda: down.append(tenant, [(1, b"x")]),
        lambda: down.read(tenant.prefix, 1),
        lambda: down.wait_ready(1),
        lambda: down.latest.read(tenant.prefix, ["s"]),
        lambda: down.drop_tenant(tenant.prefix),
    ):
        with pytest.raises(Unavailable):
            call()
    assert time.monotonic() - began < CONNECT_TIMEOUT_S * 5, "none is waited for"


def test_redis_persists_every_acknowledged_write(servers: Supervisor, streams: Streams) -> None:
    configured = streams._redis.config_get("append*") | streams._redis.config_get("maxmemory-policy")
    assert configured["appendonly"] == "yes"
    assert configured["appendfsync"] == "always"
    assert configured["maxmemory-policy"] == "noeviction"


def test_what_a_pod_appends_is_found_by_the_shared_writer(streams: Streams, tenant: TenantConnection) -> None:
    pod = Streams(settings.REDIS_URL, own=True)
    assert streams.writer_lease.ready([tenant.prefix]) == []
    pod.append(tenant, [(1, b"x")])
    assert streams.writer_lease.ready([tenant.prefix]) == [tenant.prefix]
    assert streams.wait_ready(1, also=[tenant.prefix, "pt:nobody:"]) == [tenant.prefix]
    assert streams.writer_lease.ready([tenant.prefix]) == []
    pod.append(tenant, [(1, b"y")])
    assert pod.wait_ready(1, own=tenant.prefix) == [tenant.prefix]


def test_a_pod_accepts_nothing_while_the_installation_is_full(streams: Streams, tenant: TenantConnection) -> None:
    pod = Streams(settings.REDIS_URL, own=True)
    streams.close([tenant.prefix])
    with pytest.raises(Unavailable, match="all tenants") as refused:
        pod.append(tenant, [(1, b"x")])
    assert refused.value.problem == "backlog-full" and refused.value.extra["retry_after"]
    streams._redis.delete(f"{tenant.prefix}ingest:closed")  # as if it had expired
    assert pod.append(tenant, [(1, b"x")])


def test_a_pod_that_corrupts_its_count_affects_nobody_else(streams: Streams, tenant: TenantConnection) -> None:
    for nonsense in ("1e300", "many", "-5", "²"):
        streams._redis.set(f"{tenant.prefix}ingest:waiting", nonsense)
        assert streams.backlogs([tenant.prefix]) == [0]


def test_only_the_writer_changes_the_count_of_all(streams: Streams, tenant: TenantConnection) -> None:
    pod = Streams(settings.REDIS_URL, own=True)
    streams.correct_backlog(100)
    pod.append(tenant, [(7, b"x")])
    assert pod.commit(tenant.prefix, pod.read(tenant.prefix, 9)) == 1
    assert int(redis_client(settings.REDIS_URL).get(ALL_WAITING) or 0) == 100
    streams.correct_backlog(0)


@pytest.mark.parametrize("counter", ["9" * 5_000, "-1", "many"])
def test_a_counter_that_is_no_weight_counts_as_zero(streams: Streams, tenant: TenantConnection, counter: str) -> None:
    redis_client(settings.REDIS_URL).set(tenant.prefix + "ingest:waiting", counter)
    assert streams.backlogs([tenant.prefix]) == [0]


@pytest.mark.parametrize("key", ["total", "dropped"])
def test_a_count_of_dead_letters_that_is_none_counts_as_zero(
    streams: Streams, tenant: TenantConnection, key: str
) -> None:
    redis_client(settings.REDIS_URL).hset(tenant.prefix + COUNTS, key, "9" * 5_000)
    counts = streams.dead_letters.counts(tenant.prefix)
    assert (counts.total, counts.dropped) == (0, 0)


def test_a_commit_of_one_who_lost_the_lease_changes_nothing(streams: Streams, tenant: TenantConnection) -> None:
    streams.append(tenant, [(1, b"x")])
    entries = streams.read(tenant.prefix, 1)
    streams.writer_lease.acquire(tenant.prefix, "own")
    with pytest.raises(Unavailable, match="another writer"):
        streams.commit(tenant.prefix, entries, {"s1": Latest(5, 1.5, 0)}, Buried([b"letter"]), kind="shared")
    assert streams.latest.read(tenant.prefix, ["s1"]) == {}
    assert streams.dead_letters.page(tenant.prefix, 9) == []
    assert streams.claim(tenant.prefix, 9) == entries
    assert streams.commit(tenant.prefix, entries, kind="own") == 1


def test_counts_of_dead_letters_that_are_no_hash_stop_nobody(streams: Streams, tenant: TenantConnection) -> None:
    redis_client(settings.REDIS_URL).set(tenant.prefix + COUNTS, "x")
    assert streams.limit_dead_letters([tenant.prefix]) == 0


def all_ready(streams: Streams) -> set[str]:
    found: set[str] = set()
    while more := streams.wait_ready(0.05):
        found.update(more)
    return found


def test_what_is_forwarded_to_a_writer_is_handled_together(streams: Streams) -> None:
    lease = streams.writer_lease
    try:
        lease.register()
        all_ready(streams)
        prefixes = [f"pt:tforward{k}:" for k in range(3)]
        assert lease.forward_to({own_identity(): prefixes})
        assert 0 < redis_client(settings.REDIS_URL).ttl(READY_OF_WRITER + own_identity()) <= 60
        assert set(streams.wait_ready(1)) == set(prefixes)
    finally:
        lease.unregister()


def test_what_is_forwarded_to_a_writer_that_stops_wakes_another(streams: Streams) -> None:
    lease, redis = streams.writer_lease, redis_client(settings.REDIS_URL)
    all_ready(streams)
    assert not lease.forward_to({"elsewhere/pid:[1]/7.7": ["pt:tforward1:"]})
    assert not redis.exists(READY_OF_WRITER + "elsewhere/pid:[1]/7.7"), "nobody would ever remove it"
    assert all_ready(streams) == {"pt:tforward1:"}
    lease.register()
    assert lease.forward_to({own_identity(): ["pt:tforward2:"]})
    lease.unregister()
    assert not redis.exists(READY_OF_WRITER + own_identity())
    assert all_ready(streams) == {"pt:tforward2:"}
