"""Figures of EEMUA 191 from occurrences, and over HTTP from the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from msgspec.structs import replace

from alarms.journal.models import JournalEntry
from alarms.machine import run
from alarms.machine.model import Sample, Settings, State
from alarms.performance import figures
from alarms.performance.occurrences import Occurrence, occurrences
from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, NS_PER_MS, SECOND, TimeRange
from tests.alarms.alarm_world import about, clear_alarm, forget_alarms, raise_alarm, write_entries, write_journal
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
URL = "/api/v1/alarms/performance"
NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z


def raised(*times: int, lasting: int | None = None, key: str = "a:b") -> list[Occurrence]:
    return [Occurrence(key, t, 2, None if lasting is None else t + lasting) for t in times]


def test_the_peak_is_the_ten_minutes_with_the_most_alarms() -> None:
    times = [0, 20 * MINUTE, 25 * MINUTE, 29 * MINUTE, 30 * MINUTE - 1, 60 * MINUTE]
    found = figures.peak(times)
    assert found is not None and (found.t, found.count) == (20 * MINUTE, 4)
    assert figures.peak([]) is None


def test_the_share_of_busy_periods_is_per_operator() -> None:
    times = [place * SECOND for place in range(11)]
    assert figures.share_over(times, 0, 40 * MINUTE, operators=1) == 0.25
    assert figures.share_over(times, 0, 40 * MINUTE, operators=2) == 0


def test_the_share_of_time_in_flood_lasts_until_fewer_than_five() -> None:
    times = [place * SECOND for place in range(20)]
    share, count = figures.flood_share(times, 0, 100 * MINUTE)
    assert count == 1 and share == pytest.approx((10 * MINUTE + 15 * SECOND) / (100 * MINUTE))


def test_figures_are_of_local_days_also_where_the_clock_is_changed() -> None:
    """Vienna, 29 March 2026: 23 hours."""
    zone, start = ZoneInfo("Europe/Vienna"), 1_774_695_600_000  # 28 March, 12:00 there
    end = start + 3 * DAY
    times = [start, start + 12 * HOUR - 1, start + 12 * HOUR, start + 35 * HOUR - 1, start + 35 * HOUR]
    found = figures.by_calendar(times, TimeRange(start, end), 2, "day", zone)
    assert [(each.end - each.start) // HOUR for each in found] == [12, 23, 24, 13]
    assert [each.raised for each in found] == [2, 2, 1, 0]
    assert found[0].start == start and found[-1].end == end
    assert found[1].per_10_min == pytest.approx(2 / (23 * 6) / 2) and found[3].peak is None


def test_the_figures_of_periods_add_up_to_those_of_the_range() -> None:
    times = sorted([place * SECOND for place in range(20)] + [DAY - MINUTE + place * SECOND for place in range(15)])
    span = TimeRange(0, 2 * DAY)
    found = figures.by_calendar(times, span, 1, "day", ZoneInfo("UTC"))
    assert sum(each.raised for each in found) == len(times)
    share, _ = figures.flood_share(times, span.start, span.end)
    assert sum(each.flood_share for each in found) / 2 == pytest.approx(share)
    assert found[1].flood_share > 0, "the second flood lasts into the next day"


def test_chattering_is_three_within_a_minute_and_fleeting_is_mostly_short() -> None:
    assert figures.patterns(raised(0, 30 * SECOND, 60 * SECOND, lasting=HOUR), 7) == ["chattering"]
    assert figures.patterns(raised(0, 30 * SECOND, 61 * SECOND, lasting=HOUR), 7) == []
    assert figures.patterns(raised(*(place * HOUR for place in range(5)), lasting=MINUTE), 7) == ["fleeting"]
    assert figures.patterns(raised(*(place * HOUR for place in range(4)), lasting=MINUTE), 7) == []
    assert figures.patterns(raised(*(place * HOUR for place in range(10)), lasting=HOUR), 1) == ["frequent"]


def test_buckets_have_each_alarm_once_and_are_whole_ten_minutes() -> None:
    width, counts = figures.bucketed([0, 9 * MINUTE, 7 * DAY - 1], 0, 7 * DAY)
    assert width % (10 * MINUTE) == 0 and sum(counts) == 3 and len(counts) <= figures.MAX_BUCKETS
    assert counts[0] == 2 and counts[-1] == 1


def test_occurrences_without_their_beginning_or_of_which_nobody_was_told_are_left_out() -> None:
    rows: list[Any] = [
        [5 * NS_PER_MS, "a:b", "returned", 1, "", False, False, "2"],
        [10 * NS_PER_MS, "a:b", "raised", 10, "", False, False, "2"],
        [11 * NS_PER_MS, "a:c", "raised", 11, "", True, False, "2"],
        [15 * NS_PER_MS, "a:b", "acknowledged", 10, "false", False, False, "2"],
        [20 * NS_PER_MS, "a:b", "returned", 10, "", False, False, "2"],
        [21 * NS_PER_MS, "a:d", "raised", 21, "", True, True, "2"],
        [21 * NS_PER_MS, "a:b", "out_of_service", None, "", False, False, "2"],
    ]
    assert occurrences(rows) == [Occurrence("a:b", 10, 2, 20, 15, "false"), Occurrence("a:d", 21, 2, past=True)]


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("alarms.http.performance_views.now_ms", lambda: NOW)
    monkeypatch.setattr("alarms.http.views.now_ms", lambda: NOW - HOUR)
    forget_alarms(acme)
    return client_for("engineer", acme)


def test_the_figures_are_those_of_the_journal(engineer: Client, acme: TenantConnection) -> None:
    noisy, quiet = add_sensors(acme, {"unit": "°C"}, {"unit": "bar"})
    for place in range(6):
        start = NOW - 2 * HOUR + place * 20 * SECOND
        raise_alarm(acme, about(noisy, priority=3), start)
        clear_alarm(acme, about(noisy, priority=3), start + 10 * SECOND)
    key = raise_alarm(acme, about(quiet, priority=1), NOW - 2 * DAY)
    engineer.post("/api/v1/alarms/acknowledge", {"keys": [key], "verdict": "false"}, "application/json")  # an hour ago
    write_journal(acme)
    found = engineer.get(URL, {"operators": 2}).json()
    assert (found["raised"], found["by_priority"]) == (7, [1, 0, 6, 0])
    assert found["per_10_min"] == pytest.approx(7 / (7 * 144) / 2)
    assert found["peak"] == {"t": NOW - 2 * HOUR, "count": 6}
    first = found["top"][0]
    assert (first["count"], first["shorter_than_2_min"], first["median_s"]) == (6, 6, 10)
    assert first["patterns"] == ["chattering", "fleeting"] and found["chattering_count"] == 1
    assert [each["key"] for each in found["bad_actors"]] == [first["key"]]
    [standing] = found["standing"]
    assert (standing["key"], standing["stale"]) == (key, True)
    assert found["acknowledgement"] == {
        "acknowledged": 1, "never": 6, "median_s": 47 * 3600, "p90_s": 47 * 3600
    }  # fmt: skip
    assert (found["judged"], found["false"], found["truncated"]) == (1, 1, False)
    assert sum(found["buckets"]) == 7


def test_alarms_that_were_entered_afterwards_count_where_that_is_asked_for(
    engineer: Client, acme: TenantConnection
) -> None:
    """Nobody was told of them, so by EEMUA 191 they do not count; acknowledged they could not be."""
    seen, imported = add_sensors(acme, {"unit": "°C"}, {"unit": "bar"})
    raise_alarm(acme, about(seen), NOW - HOUR)
    key, start, of = f"alaaaaaaaaaa:{imported.id}", NOW - 3 * DAY, about(imported, priority=1)
    times = [(start + place * 20 * SECOND, met) for place in range(3) for met in (True, False)]
    inputs = [Sample(t if met else t + 5 * SECOND, met, 17.9, 14.5) for t, met in times]
    done = run(Settings(), State(), inputs)[1]
    assert len(done) == 6
    write_entries(acme, [JournalEntry(key, n, replace(each, past=True), of) for n, each in enumerate(done)])
    write_journal(acme)
    without, found = engineer.get(URL).json(), engineer.get(URL, {"past": "true"}).json()
    assert (without["raised"], without["entered_afterwards"]) == (1, 3)
    assert (found["raised"], found["entered_afterwards"], found["by_priority"][0]) == (4, 3, 3)
    assert found["peak"] == {"t": start, "count": 3} and found["chattering_count"] == 1
    assert found["acknowledgement"] == without["acknowledgement"]


def test_ranges_that_are_too_short_or_too_long_are_refused(engineer: Client) -> None:
    for start, end in ((NOW, NOW), (NOW - MINUTE, NOW), (NOW - 500 * DAY, NOW)):
        assert engineer.get(URL, {"from": start, "to": end}).status_code == 400
    assert engineer.get(URL, {"operators": 0}).status_code == 400
    assert engineer.get(URL, {"site": "nowhere"}).status_code == 404


def test_figures_of_a_site_are_only_of_its_alarms(engineer: Client, acme: TenantConnection) -> None:
    (here,), (there,) = add_sensors(acme, {"unit": "°C"}), add_sensors(acme, {"unit": "°C"})
    _raise(acme, here, there)
    assert engineer.get(URL, {"site": here.site}).json()["raised"] == 1


def _raise(tenant: TenantConnection, *sensors: Sensor) -> None:
    for sensor in sensors:
        raise_alarm(tenant, about(sensor), NOW - HOUR)
    write_journal(tenant)


def test_figures_by_the_calendar_of_the_site(engineer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    raise_alarm(acme, about(sensor), NOW - HOUR)
    write_journal(acme)
    found = engineer.get(URL, {"by": "day", "site": sensor.site}).json()
    assert found["zone"] == snapshot_of(acme).sites[sensor.site].timezone
    assert len(found["periods"]) == 8 and sum(each["raised"] for each in found["periods"]) == found["raised"] == 1
    assert found["periods"][0]["start"] == found["start"] and found["periods"][-1]["end"] == found["end"]
    dubai = engineer.get(URL, {"by": "day", "zone": "Asia/Dubai"}).json()
    assert dubai["zone"] == "Asia/Dubai" and dubai["periods"][1]["start"] % DAY == 20 * HOUR
    assert engineer.get(URL).json()["periods"] == []
    assert engineer.get(URL, {"by": "year"}).status_code == 400
    assert engineer.get(URL, {"zone": "Nowhere"}).status_code == 400
    long = {"by": "hour", "from": NOW - 100 * DAY, "to": NOW}
    assert engineer.get(URL, long).json()["type"].endswith("too-many-periods")
