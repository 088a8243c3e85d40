"""The contract of dead letters, against a real Redis: kept with their batch, within bounds, counted."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel.errors import Unavailable
from kernel.ids import new_id
from kernel.tenancy import Credentials, Limits, TenantConnection
from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.dead_letters import LETTERS_PER_STEP, Buried, DeadLetters, LetterCounts, equal_share
from stores.redis.streams import Streams

NOBODY = Credentials("", "")


@pytest.fixture
def streams(servers: Supervisor) -> Streams:
    return Streams(settings.REDIS_URL)


@pytest.fixture
def tenant(streams: Streams) -> Iterator[TenantConnection]:
    made = TenantConnection(new_id("t"), secrets.token_hex(3), "T", "http://127.0.0.1:9", NOBODY, NOBODY)
    yield made
    streams.drop_tenant(made.prefix)


def bury(streams: Streams, tenant: TenantConnection, *payloads: bytes, lost: int = 0) -> None:
    assert streams.append(tenant, [], buried=Buried(payloads, lost)) == ""


def payloads(streams: Streams, tenant: TenantConnection) -> list[bytes]:
    return [letter.payload for letter in streams.dead_letters.page(tenant.prefix, 10_000)]


def test_letters_are_listed_newest_first_page_by_page(streams: Streams, tenant: TenantConnection) -> None:
    bury(streams, tenant, b"a", b"b")
    bury(streams, tenant, b"c")
    first, second = streams.dead_letters.page(tenant.prefix, 2)
    assert [first.payload, second.payload] == [b"c", b"b"]
    assert [letter.payload for letter in streams.dead_letters.page(tenant.prefix, 9, second.id)] == [b"a"]
    assert streams.dead_letters.find(tenant.prefix, second.id) == second
    assert 1_500_000_000_000 < second.received <= first.received


def test_they_are_kept_with_their_batch(streams: Streams, tenant: TenantConnection) -> None:
    assert streams.append(tenant, [(2, b"x")], buried=Buried([b"a"], 3))
    assert [entry.payload for entry in streams.read(tenant.prefix, 9)] == [b"x"]
    assert streams.backlogs([tenant.prefix]) == [2], "they do not wait for the writer"
    assert streams.dead_letters.counts(tenant.prefix) == LetterCounts(1, 1, 4, 3)


def test_many_letters_of_one_batch_are_kept_in_order(streams: Streams, tenant: TenantConnection) -> None:
    letters = [b"%d" % k for k in range(2 * LETTERS_PER_STEP + 5)]
    assert streams.append(tenant, [(2, b"x")], buried=Buried(letters, 3))
    assert payloads(streams, tenant) == letters[::-1]
    assert streams.dead_letters.counts(tenant.prefix).total == len(letters) + 3
    entries = streams.read(tenant.prefix, 9)
    assert streams.commit(tenant.prefix, entries, buried=Buried(letters)) == 1
    assert payloads(streams, tenant) == [*letters[::-1], *letters[::-1]]


def test_a_stored_batch_is_acknowledged_although_some_of_its_letters_cannot_be_kept(
    streams: Streams, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that got an error would send all of it again."""

    def unreachable(*_: object) -> None:
        raise Unavailable("Redis does not respond.")

    monkeypatch.setattr(streams, "_bury_all", unreachable)
    assert streams.append(tenant, [(2, b"x")], buried=Buried([b"a"] * (LETTERS_PER_STEP + 5)))
    assert [entry.payload for entry in streams.read(tenant.prefix, 9)] == [b"x"]
    assert streams.dead_letters.counts(tenant.prefix).kept == LETTERS_PER_STEP


def test_letters_alone_wake_no_writer(streams: Streams, tenant: TenantConnection) -> None:
    while streams.wait_ready(0.05):
        pass
    bury(streams, tenant, b"a")
    assert streams.wait_ready(0.05) == []


@pytest.mark.parametrize("id", ["", "-", "+", "1", "1-", "1-1-1", "9" * 30 + "-1", "a-1", "１-1", "1-1 ", "*"])
def test_what_is_no_id_is_nothing(streams: Streams, tenant: TenantConnection, id: str) -> None:
    bury(streams, tenant, b"a")
    assert streams.dead_letters.find(tenant.prefix, id) is None
    assert streams.dead_letters.remove(tenant.prefix, [id]) == 0
    if id:
        assert streams.dead_letters.page(tenant.prefix, 9, id) == []


def test_removed_letters_are_gone_once_and_free_their_bytes(streams: Streams, tenant: TenantConnection) -> None:
    bury(streams, tenant, b"aaa", b"bb", b"c")
    _, second, _ = streams.dead_letters.page(tenant.prefix, 9)
    assert streams.dead_letters.remove(tenant.prefix, [second.id, "1-1", second.id]) == 1
    assert streams.dead_letters.remove(tenant.prefix, [second.id]) == 0
    assert payloads(streams, tenant) == [b"c", b"aaa"]
    assert streams.dead_letters.counts(tenant.prefix) == LetterCounts(2, 4, 3, 0), "removed is not dropped"


def test_old_letters_are_removed_together_and_newer_ones_stay(streams: Streams, tenant: TenantConnection) -> None:
    bury(streams, tenant, *(b"%d" % k for k in range(1_200)))
    seen = streams.dead_letters.page(tenant.prefix, 1)[0]
    bury(streams, tenant, b"new")
    assert streams.dead_letters.remove_until(tenant.prefix, seen.id) == 1_200
    assert payloads(streams, tenant) == [b"new"]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.binary(min_size=1, max_size=40), max_size=8), max_size=8),
    st.integers(1, 12),
    st.integers(20, 200),
)
def test_the_newest_that_fit_are_kept(
    streams: Streams, tenant: TenantConnection, batches: list[list[bytes]], number: int, size: int
) -> None:
    """Compared with a list that is shortened from its beginning."""
    streams.drop_tenant(tenant.prefix)
    redis_client(settings.REDIS_URL).delete(f"{tenant.prefix}dropped")
    bounded = replace(tenant, limits=Limits(dead_letters=number, dead_letter_bytes=size))
    expected: list[bytes] = []
    for batch in batches:
        if batch:
            bury(streams, bounded, *batch)
        expected += batch
        while len(expected) > number or sum(map(len, expected)) > size:
            expected.pop(0)
    assert payloads(streams, bounded) == expected[::-1]
    total = sum(map(len, batches))
    found = streams.dead_letters.counts(tenant.prefix)
    assert found == LetterCounts(len(expected), sum(map(len, expected)), total, total - len(expected))


def test_one_tenants_letters_never_fill_redis(
    streams: Streams, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbounded = replace(tenant, limits=Limits(dead_letters=10**6, dead_letter_bytes=10**12))
    streams._memory_bytes = 16 * 100_000
    monkeypatch.setattr(streams, "max_backlog", lambda: 10**9)  # samples of other tests may wait
    bury(streams, unbounded, *(bytes([k]) * 10_000 for k in range(30)))
    assert len(payloads(streams, unbounded)) == 10


def test_what_the_former_version_kept_is_still_there_and_goes_first(streams: Streams, tenant: TenantConnection) -> None:
    redis_client(settings.REDIS_URL).xadd(f"{tenant.prefix}dead", {"reason": "conflict", "d": b"old line"})
    bounded = replace(tenant, limits=Limits(dead_letters=2))
    bury(streams, bounded, b"a")
    new, old = streams.dead_letters.page(tenant.prefix, 9)
    assert (old.reason, old.payload, new.reason) == ("conflict", b"old line", "")
    bury(streams, bounded, b"b")
    assert payloads(streams, bounded) == [b"b", b"a"]


def test_a_dropped_tenants_letters_are_gone(streams: Streams, tenant: TenantConnection) -> None:
    bury(streams, tenant, b"a")
    streams.drop_tenant(tenant.prefix)
    assert payloads(streams, tenant) == []
    assert streams.dead_letters.counts(tenant.prefix) == LetterCounts(0, 0, 0, 0)


def test_a_pod_that_corrupts_its_counts_affects_nobody_else(streams: Streams, tenant: TenantConnection) -> None:
    redis_client(settings.REDIS_URL).hset(
        f"{tenant.prefix}dead:counts", mapping={"bytes": "many", "total": "-5", "dropped": "1e9"}
    )
    assert streams.dead_letters.counts(tenant.prefix) == LetterCounts(0, 0, 0, 0)


def test_a_redis_that_is_down_is_unavailable() -> None:
    down = DeadLetters("redis://127.0.0.1:9/0")
    for call in (
        lambda: down.page("pt:x:", 1),
        lambda: down.find("pt:x:", "1-1"),
        lambda: down.remove("pt:x:", ["1-1"]),
        lambda: down.remove_until("pt:x:", "1-1"),
        lambda: down.counts("pt:x:"),
    ):
        with pytest.raises(Unavailable):
            call()


# All tenants together


def test_all_tenants_together_have_a_limit_and_those_that_have_most_give(
    streams: Streams, tenant: TenantConnection
) -> None:
    small, large = replace(tenant, id=new_id("t")), replace(tenant, id=new_id("t"))
    try:
        bury(streams, tenant, *[b"%04d" % k for k in range(10)])
        bury(streams, small, b"abcd", b"efgh")
        bury(streams, large, *[b"%08d" % k for k in range(50)])
        every = [each.prefix for each in (tenant, small, large)]
        assert streams.dead_letters.limit_total(every, 448) == 0
        assert streams.dead_letters.limit_total(every, 120) == 41
        assert payloads(streams, tenant) == [b"%04d" % k for k in range(9, -1, -1)], "it has less than its share"
        assert payloads(streams, small) == [b"efgh", b"abcd"]
        assert payloads(streams, large) == [b"%08d" % k for k in range(49, 40, -1)], "the newest"
        assert streams.dead_letters.counts(large.prefix) == LetterCounts(9, 72, 50, 41)
        assert streams.dead_letters.limit_total(every, 0) == 21
    finally:
        streams.drop_tenant(small.prefix)
        streams.drop_tenant(large.prefix)


@given(st.lists(st.integers(0, 1_000), max_size=12), st.integers(0, 5_000))
def test_shares_are_equal_and_use_all_there_is(sizes: list[int], total: int) -> None:
    share = equal_share(sizes, total)
    kept = [min(size, share) for size in sizes]
    assert sum(kept) <= total
    if kept != sizes:
        assert total - sum(kept) < len(sizes), "a byte more for each would be too much"
