"""The contract of the ladder's marks, against a real Redis."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator

import pytest
from django.conf import settings

from kernel.errors import Unavailable
from kernel.times import DAY, HOUR, MINUTE
from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.mark_scripts import BACKFILL_MS, LATE_MS, MAX_BUCKETS, MAX_BUCKETS_OF_SPAN, MAX_RANGES, SETTLE_MS
from stores.redis.marks import Marks, SensorMarks
from stores.redis.streams import Streams

NOW = 1_700_000_000_000 // MINUTE * MINUTE
ALWAYS = (NOW - 1_000 * DAY, NOW + 10 * DAY)
SENSOR, OTHER = "s1", "s2"


@pytest.fixture
def streams(servers: Supervisor) -> Streams:
    return Streams(settings.REDIS_URL)


@pytest.fixture
def marks(streams: Streams) -> Marks:
    return streams.marks


@pytest.fixture
def prefix(streams: Streams, marks: Marks) -> Iterator[str]:
    """A tenant with two sensors on the rung of a minute, nothing marked."""
    name = f"pt:t{secrets.token_hex(5)}:"
    marks.enroll(name, {SENSOR: (MINUTE, "continuous"), OTHER: (MINUTE, "discrete")}, ALWAYS, NOW)
    for sensor in (SENSOR, OTHER):
        clear_all(marks, name, sensor)
    yield name
    streams.drop_tenant(name)


def known(marks: Marks, prefix: str, sensor: str = SENSOR) -> SensorMarks:
    return marks.state(prefix, [sensor]).sensors[sensor]


def clear_all(marks: Marks, prefix: str, sensor: str = SENSOR) -> None:
    found = known(marks, prefix, sensor)
    marks.clear(prefix, sensor, found.finest, found.buckets, [(mark, None) for mark in found.ranges], NOW)


def spans(found: SensorMarks) -> list[tuple[int, int]]:
    return sorted((mark.start, mark.end) for mark in (*found.buckets, *found.ranges))


def test_a_span_marks_the_buckets_that_it_touches(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - 90_001, NOW - 59_999), (NOW - HOUR, NOW - HOUR + 1)]}, NOW)
    bucket = [(NOW - HOUR, NOW - HOUR + MINUTE), (NOW - 2 * MINUTE, NOW - MINUTE), (NOW - MINUTE, NOW)]
    assert spans(known(marks, prefix)) == bucket
    assert known(marks, prefix).ranges == ()
    assert spans(known(marks, prefix, OTHER)) == []


@pytest.mark.parametrize("base", [-1, 0, 1, -100 * 365 * DAY, 150 * 365 * DAY])
def test_buckets_are_aligned_to_their_rung_before_1970_and_long_after(marks: Marks, prefix: str, base: int) -> None:
    marks.mark(prefix, {SENSOR: [(base, base + 1)]}, NOW)
    start = base // MINUTE * MINUTE
    assert spans(known(marks, prefix)) == [(start, start + MINUTE)]
    clear_all(marks, prefix)
    wide = base + (MAX_BUCKETS_OF_SPAN + 1) * MINUTE
    marks.mark(prefix, {SENSOR: [(base, wide)]}, NOW)
    assert known(marks, prefix).buckets == ()
    assert spans(known(marks, prefix)) == [(start, -(-wide // MINUTE) * MINUTE)]
    clear_all(marks, prefix)
    assert spans(known(marks, prefix)) == []


def test_a_mark_is_cleared_only_at_the_generation_at_which_it_was_read(marks: Marks, prefix: str) -> None:
    wide = (NOW - 5 * DAY, NOW - 2 * DAY)
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1), wide]}, NOW)
    before = known(marks, prefix)
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1), wide]}, NOW)
    again = known(marks, prefix)
    assert spans(again) == spans(before)
    assert min(mark.generation for mark in (*again.buckets, *again.ranges)) > before.buckets[0].generation
    marks.clear(prefix, SENSOR, MINUTE, before.buckets, [(mark, None) for mark in before.ranges], NOW)
    assert known(marks, prefix) == again
    marks.clear(prefix, SENSOR, MINUTE, again.buckets, [(mark, None) for mark in again.ranges], NOW)
    assert spans(known(marks, prefix)) == []


def test_buckets_of_several_sensors_are_cleared_at_their_generations(marks: Marks, prefix: str) -> None:
    bucket = [(NOW - HOUR, NOW - HOUR + 1)]
    marks.mark(prefix, {SENSOR: bucket, OTHER: bucket}, NOW)
    before = {sensor: known(marks, prefix, sensor) for sensor in (SENSOR, OTHER)}
    marks.mark(prefix, {OTHER: bucket}, NOW)
    again = known(marks, prefix, OTHER)
    marks.clear_buckets(prefix, MINUTE, [(sensor, found.buckets) for sensor, found in before.items()], NOW)
    assert known(marks, prefix).buckets == () and known(marks, prefix, OTHER) == again
    assert marks.due_buckets(prefix, NOW + HOUR, 9) == [OTHER]


def test_what_was_read_for_another_rung_clears_nothing(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1)]}, NOW)
    found = known(marks, prefix)
    marks.clear(prefix, SENSOR, 5 * MINUTE, found.buckets, now_ms=NOW)
    assert known(marks, prefix) == found


def test_part_of_a_range_may_remain_with_its_generation(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - 9 * DAY, NOW - DAY)]}, NOW)
    [whole] = known(marks, prefix).ranges
    marks.clear(prefix, SENSOR, MINUTE, ranges=[(whole, (whole.start, NOW - 3 * DAY))], now_ms=NOW)
    [rest] = known(marks, prefix).ranges
    assert (rest.start, rest.end, rest.generation) == (whole.start, NOW - 3 * DAY, whole.generation)
    assert marks.backfill_ranges(prefix, NOW, 9) == [SENSOR], "there is more to do"


def test_a_remaining_part_never_lowers_a_newer_generation(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - 9 * DAY, NOW - DAY)]}, NOW)
    [whole] = known(marks, prefix).ranges
    marks.mark(prefix, {SENSOR: [(NOW - 9 * DAY, NOW - 3 * DAY)]}, NOW)
    newer = max(known(marks, prefix).ranges, key=lambda mark: mark.generation)
    marks.clear(prefix, SENSOR, MINUTE, ranges=[(whole, (whole.start, NOW - 3 * DAY))], now_ms=NOW)
    assert known(marks, prefix).ranges == (newer,)


def test_very_many_buckets_are_merged_into_ranges_that_cover_them(marks: Marks, prefix: str) -> None:
    draw = random.Random(1)
    starts = {NOW - draw.randrange(900 * 1440) * MINUTE for _ in range(MAX_BUCKETS + 1)}
    marks.mark(prefix, {SENSOR: [(start, start + 1) for start in starts]}, NOW)
    found = known(marks, prefix)
    assert found.buckets == ()
    assert 1 <= len(found.ranges) <= 10
    for start in starts:
        assert any(mark.start <= start and start + MINUTE <= mark.end for mark in found.ranges)
    assert marks.due_buckets(prefix, NOW + HOUR, 9) == []
    assert marks.backfill_ranges(prefix, NOW + HOUR, 9) == [SENSOR]


def test_as_many_buckets_as_allowed_stay_buckets(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - 7 * k * MINUTE, NOW - 7 * k * MINUTE + 1) for k in range(MAX_BUCKETS)]}, NOW)
    assert len(known(marks, prefix).buckets) == MAX_BUCKETS


def test_very_many_ranges_are_merged_into_one(marks: Marks, prefix: str) -> None:
    wide = (MAX_BUCKETS_OF_SPAN + 5) * MINUTE
    ranges = [(NOW - k * DAY, NOW - k * DAY + wide) for k in range(MAX_RANGES + 1)]
    marks.mark(prefix, {SENSOR: ranges}, NOW)
    assert spans(known(marks, prefix)) == [(NOW - MAX_RANGES * DAY, NOW + wide)]


def test_closed_buckets_are_due_soon_and_open_ones_when_they_close(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1)], OTHER: [(NOW + 5, NOW + 6)]}, NOW)
    assert marks.due_buckets(prefix, NOW + LATE_MS - 1, 9) == []
    assert marks.due_buckets(prefix, NOW + LATE_MS, 9) == [SENSOR]
    assert marks.due_buckets(prefix, NOW + MINUTE + SETTLE_MS - 1, 9) == [SENSOR]
    assert marks.due_buckets(prefix, NOW + MINUTE + SETTLE_MS, 9) == [SENSOR, OTHER]
    assert marks.due_buckets(prefix, NOW + DAY, 1) == [SENSOR], "longest overdue first"
    assert marks.with_work([prefix, "pt:nobody:"], NOW + LATE_MS) == [prefix]
    assert marks.with_work([], NOW) == []


def test_marks_corrupted_by_a_pod_do_not_affect_other_tenants(marks: Marks, prefix: str, streams: Streams) -> None:
    spoilt = f"pt:t{secrets.token_hex(5)}:"
    streams._redis.set(f"{spoilt}ladder:due", "nonsense", ex=60)
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1)]}, NOW)
    assert marks.with_work([spoilt, prefix], NOW + LATE_MS) == [prefix]


def test_samples_that_keep_arriving_do_not_postpone_a_repair(marks: Marks, prefix: str) -> None:
    for late in range(0, 5 * LATE_MS, 100):
        marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1), (NOW - 9 * DAY, NOW - DAY)]}, NOW + late)
    assert marks.due_buckets(prefix, NOW + LATE_MS, 9) == [SENSOR]
    assert marks.backfill_ranges(prefix, NOW + BACKFILL_MS, 9) == [SENSOR]


def test_after_clearing_the_next_bucket_decides_when_the_sensor_is_due(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1), (NOW, NOW + 1)]}, NOW)
    closed = [mark for mark in known(marks, prefix).buckets if mark.end <= NOW]
    marks.clear(prefix, SENSOR, MINUTE, closed, now_ms=NOW)
    assert marks.due_buckets(prefix, NOW + MINUTE + SETTLE_MS - 1, 9) == []
    assert marks.due_buckets(prefix, NOW + MINUTE + SETTLE_MS, 9) == [SENSOR]
    clear_all(marks, prefix)
    assert marks.due_buckets(prefix, NOW + DAY, 9) == []
    assert marks.counts(prefix, NOW + DAY).backfill_ranges == 0


def test_a_sensor_without_a_ladder_has_no_marks(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {"stranger": [(NOW, NOW + 1)], SENSOR: [(NOW, NOW + 1)]}, NOW)
    assert known(marks, prefix, "stranger") == SensorMarks(0, "")
    marks.enroll(prefix, {"stranger": (0, "text")}, ALWAYS, NOW)
    marks.mark(prefix, {"stranger": [(NOW, NOW + 1)]}, NOW)
    assert known(marks, prefix, "stranger") == SensorMarks(0, "text", times=1)
    assert "stranger" not in [*marks.due_buckets(prefix, NOW + DAY, 9), *marks.backfill_ranges(prefix, NOW + DAY, 9)]


def test_every_marking_of_a_sensor_is_counted(marks: Marks, prefix: str) -> None:
    def times() -> int:
        return marks.state(prefix, [SENSOR]).sensors[SENSOR].times

    before = times()
    marks.mark(prefix, {SENSOR: [(NOW, NOW + 1), (NOW - DAY, NOW)]}, NOW)
    marks.mark(prefix, {SENSOR: [(NOW, NOW + 1)]}, NOW)
    clear_all(marks, prefix)
    assert times() == before + 2
    marks.mark(prefix, {"stranger": [(NOW, NOW + 1)]}, NOW)
    marks.enroll(prefix, {SENSOR: (MINUTE, "continuous")}, ALWAYS, NOW)
    assert times() == before + 3, "marks from before are gone"
    marks.drop(prefix, [SENSOR])
    assert times() == 0


def test_marks_of_buckets_that_closed_an_hour_ago_are_noted_for_good(marks: Marks, prefix: str) -> None:
    before = known(marks, prefix).late
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW)]}, NOW)
    assert known(marks, prefix).late == before
    others = known(marks, prefix, OTHER).late
    marks.mark(prefix, {SENSOR: [(NOW, NOW + 1), (NOW - HOUR - 1, NOW)]}, NOW)
    late = known(marks, prefix).late
    assert late > before and known(marks, prefix, OTHER).late == others
    clear_all(marks, prefix)
    assert known(marks, prefix).late == late
    marks.mark(prefix, {SENSOR: [(NOW - 500 * DAY, NOW)]}, NOW)  # a range
    assert known(marks, prefix).late > late
    late = known(marks, prefix).late
    marks.enroll(prefix, {SENSOR: (MINUTE, "discrete")}, ALWAYS, NOW)
    assert known(marks, prefix).late > late


def test_enrolling_marks_everything_and_drops_earlier_marks(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1)]}, NOW)
    stale = known(marks, prefix)
    marks.enroll(prefix, {SENSOR: (HOUR, "counter")}, ALWAYS, NOW)
    found = known(marks, prefix)
    assert (found.finest, found.kind, found.buckets, spans(found)) == (HOUR, "counter", (), [ALWAYS])
    assert found.ranges[0].generation > stale.buckets[0].generation
    assert marks.enrolled(prefix) == {SENSOR: (HOUR, "counter"), OTHER: (MINUTE, "discrete")}
    assert marks.backfill_ranges(prefix, NOW, 9) == [SENSOR]
    many = {f"s{number}": (MINUTE, "text") for number in range(1_200)}
    marks.enroll(prefix, many, ALWAYS, NOW)
    assert len(marks.enrolled(prefix)) == 1_200
    assert len(marks.backfill_ranges(prefix, NOW, 5_000)) == 1_200


def test_dropped_sensors_leave_nothing(marks: Marks, prefix: str) -> None:
    marks.mark(prefix, {SENSOR: [(NOW - HOUR, NOW - HOUR + 1), (NOW - 9 * DAY, NOW)], OTHER: [(NOW, NOW + 1)]}, NOW)
    marks.drop(prefix, [SENSOR, "never there"])
    assert known(marks, prefix) == SensorMarks(0, "")
    assert marks.due_buckets(prefix, NOW + DAY, 9) == [OTHER]
    assert marks.backfill_ranges(prefix, NOW + DAY, 9) == []


def test_a_dropped_tenant_cannot_reappear(streams: Streams, marks: Marks, prefix: str) -> None:
    marks.set_epoch(prefix, "one")
    streams.drop_tenant(prefix)
    marks.set_epoch(prefix, "two")
    marks.set_horizon(prefix, "site", NOW)
    marks.enroll(prefix, {SENSOR: (MINUTE, "text")}, ALWAYS, NOW)
    marks.mark(prefix, {SENSOR: [(NOW, NOW + 1)]}, NOW)
    streams.commit(prefix, [], written={SENSOR: [(NOW, NOW + 1)]}, now_ms=NOW)
    state = marks.state(prefix, [SENSOR])
    assert (state.epoch, state.horizons, state.sensors[SENSOR]) == ("", {}, SensorMarks(0, ""))
    assert marks.counts(prefix, NOW).enrolled == 0


def test_epoch_and_horizons_are_stored_and_removed(marks: Marks, prefix: str) -> None:
    assert marks.state(prefix, []).epoch == marks.epoch(prefix) == ""
    marks.set_epoch(prefix, "one")
    marks.set_horizon(prefix, "east", -5 * DAY)
    marks.set_horizon(prefix, "west", NOW)
    state = marks.state(prefix, [SENSOR])
    assert (state.epoch, state.horizons) == ("one", {"east": -5 * DAY, "west": NOW})
    marks.set_horizon(prefix, "east", None)
    marks.forget_epoch(prefix)
    state = marks.state(prefix, [])
    assert (state.epoch, state.horizons, marks.epoch(prefix)) == ("", {"west": NOW}, "")


def test_a_commit_marks_in_the_same_step(streams: Streams, marks: Marks, prefix: str) -> None:
    streams.commit(prefix, [], written={SENSOR: [(NOW - HOUR, NOW - HOUR + 1)], "stranger": [(0, 1)]}, now_ms=NOW)
    assert spans(known(marks, prefix)) == [(NOW - HOUR, NOW - HOUR + MINUTE)]


def test_many_sensors_and_spans_are_marked_at_once(marks: Marks, prefix: str) -> None:
    many = {f"s{number}": (MINUTE, "text") for number in range(700)}
    marks.enroll(prefix, many, ALWAYS, NOW)
    given = {sensor: [(NOW - k * 3 * MINUTE, NOW - k * 3 * MINUTE + 1) for k in range(20)] for sensor in many}
    marks.mark(prefix, given, NOW)
    state = marks.state(prefix, list(many))
    assert all(len(state.sensors[sensor].buckets) == 20 for sensor in many)


def test_a_redis_that_is_down_is_unavailable() -> None:
    away = Marks("redis://127.0.0.1:9/0")
    with pytest.raises(Unavailable, match="marking the ladder"):
        away.mark("pt:x:", {SENSOR: [(0, 1)]}, NOW)
    with pytest.raises(Unavailable):
        away.state("pt:x:", [SENSOR])


def test_marks_written_by_version_0_1_are_repaired(marks: Marks, prefix: str) -> None:
    """Their keys had other names. For one release they are read, and join the others."""
    client = redis_client(settings.REDIS_URL)
    client.zadd(f"{prefix}ladder:due", {SENSOR: NOW, OTHER: NOW + 9})
    client.zadd(f"{prefix}ladder:far", {OTHER: NOW})
    marks.mark(prefix, {SENSOR: [(NOW, NOW + 1)], OTHER: [(NOW - MINUTE, NOW)]}, NOW)
    assert marks.with_work([prefix, "pt:nobody:"], NOW) == [prefix]
    assert marks.due_buckets(prefix, NOW, 9) == [SENSOR], "the earlier time counts"
    assert marks.due_buckets(prefix, NOW + 9, 9) == [SENSOR, OTHER]
    counts = marks.counts(prefix, NOW)
    assert (counts.due_buckets, counts.backfill_ranges) == (1, 1)
    assert client.exists(f"{prefix}ladder:due", f"{prefix}ladder:far") == 0
    marks.clear(prefix, OTHER, MINUTE, known(marks, prefix, OTHER).buckets, (), NOW)
    assert marks.due_buckets(prefix, NOW + DAY, 9) == [SENSOR]
    assert marks.backfill_ranges(prefix, NOW + DAY, 9) == []
