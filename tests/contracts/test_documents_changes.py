"""The change log: a copy reported as current contains everything that was acknowledged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.ids import new_id
from stores.redis import changes
from stores.redis.changes import ChangeLog
from stores.redis.client import redis_client


@pytest.fixture
def log(servers: object) -> Iterator[ChangeLog]:
    from django.conf import settings

    log = ChangeLog(settings.REDIS_URL, f"pt:{new_id('t')}:changes:test:")
    yield log
    log.restart()


def test_a_change_advances_the_position_and_lists_what_it_touched(log: ChangeLog) -> None:
    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    assert log.touched_since(before) == []
    with log.changing([("sensors", "s1"), ("assets", "a1")]):
        pass
    assert log.position().number > before.number
    assert log.touched_since(before) == [("assets", "a1"), ("sensors", "s1")]


def test_a_change_under_way_need_not_be_seen_but_one_before_it_must(log: ChangeLog) -> None:
    with log.changing([("sensors", "s1")]):
        pass
    before = log.position()
    with log.changing([("sensors", "s2")]):
        assert log.position() == before
    after = log.position()
    assert after.number > before.number
    assert log.touched_since(before) == [("sensors", "s2")]


def test_a_copy_read_during_a_change_is_read_again_after_it(log: ChangeLog) -> None:
    with log.changing([("sensors", "s1")]):
        during = log.position()
    assert log.position() != during
    assert ("sensors", "s1") in (log.touched_since(during) or [("sensors", "s1")])


def test_what_a_killed_writer_touched_is_read_again(log: ChangeLog) -> None:
    from django.conf import settings

    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    log._increment("begin", ["sensors/s1"])  # and then it was killed
    assert log.position() == before
    busy = log._keys[2]
    assert 0 < redis_client(settings.REDIS_URL).pttl(busy) <= changes.BUSY_MS
    redis_client(settings.REDIS_URL).delete(busy)  # as if it had expired
    assert log.position().number > before.number
    assert log.touched_since(before) == [("sensors", "s1")]


def test_a_truncated_log_requires_a_full_reload(log: ChangeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    monkeypatch.setattr(changes, "MAX_ENTRIES", 4)
    for number in range(5):
        with log.changing([("sensors", f"s{number}")]):
            pass
    assert log.touched_since(before) is None


def test_a_large_change_is_logged_as_everything(log: ChangeLog) -> None:
    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    with log.changing([("sensors", f"s{number}") for number in range(changes.MAX_IDS + 1)]):
        pass
    assert log.touched_since(before) is None


def test_every_copy_is_stale_when_redis_lost_its_data(log: ChangeLog) -> None:
    from django.conf import settings

    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    redis_client(settings.REDIS_URL).delete(*log._keys)
    assert log.position().epoch != before.epoch
    assert log.touched_since(before) is None
    with log.changing([("sensors", "s1")]):
        pass
    assert log.touched_since(before) is None
