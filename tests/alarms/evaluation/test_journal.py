"""The journal: what is written and when, snapshots, late samples and imported history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from alarms import tasks
from alarms.journal import late, past
from alarms.journal.drain import drain, write_snapshot
from alarms.journal.late import SETTLED_MS, evaluate_late, note_past
from alarms.journal.models import JournalEntry
from alarms.journal.stored import alarms_of
from alarms.machine.model import Condition, Transition, What
from alarms.rules.models import Expression, Limit
from alarms.rules.settings import AlarmSettingsChange, settings_of, store
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from kernel.errors import Unavailable
from kernel.times import DAY
from stores.redis.live import NO_ID, Announcements
from stores.timeseries import Timeseries
from stores.timeseries import alarms as journal
from stores.timeseries.alarms import Snapshot, read_snapshot
from tests.alarms.alarm_world import about, write_entries
from tests.alarms.evaluation.waves import journal_of
from tests.alarms.evaluation_plant import Evaluated, S, T
from tests.ingest.conftest import make_writer
from web.clock import now_ms
from web.stores import alarms, reader, writer


def written(plant: Evaluated) -> list[tuple[str, int, bool, bool]]:
    return [
        (str(each.transition.what), each.transition.t, each.transition.late, each.transition.past)
        for each in journal_of(plant)
    ]


def store_samples(plant: Evaluated) -> None:
    """What waits in the queue is in InfluxDB."""
    make_writer(plant.tenant).drain(lambda: True)


def test_two_transitions_of_one_millisecond_both_stay(plant: Evaluated) -> None:
    plant.rule()
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    assert drain(plant.tenant) == 2 and drain(plant.tenant) == 0
    first, second = journal_of(plant)
    assert first.transition.t == second.transition.t == T and second.number == first.number + 1
    assert alarms().outgoing_count(plant.tenant.prefix) == 0


def test_pages_that_listen_hear_when_the_journal_has_it(plant: Evaluated) -> None:
    """What they read before that, at the announcement of the alarm, may lack it."""
    plant.rule()
    evaluator = plant.run()
    news = Announcements(settings.REDIS_URL)
    news.want([plant.tenant.prefix])
    last = news.kept(plant.tenant.prefix)[1].last or NO_ID

    def heard() -> list[dict[str, str]]:
        return [json.loads(text) for at, text in news.kept(plant.tenant.prefix)[1].messages if at > last]

    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    assert heard() == [{"topic": "alarms"}]
    drain(plant.tenant)
    assert heard() == [{"topic": "alarms"}, {"topic": "alarms", "what": "journal"}]
    drain(plant.tenant)
    assert len(heard()) == 2, "nothing was written"


def test_a_snapshot_has_all_that_is_not_normal(plant: Evaluated) -> None:
    rule = plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    drain(plant.tenant)
    write_snapshot(plant.tenant, T + 60 * S)
    found = read_snapshot(reader(plant.tenant), T + 90 * S, T - DAY)
    assert found is not None and found.number == alarms().number(plant.tenant.prefix)
    [alarm] = [each for each in alarms_of(found) if each.key == plant.key(rule)]
    assert alarm.state.raised == T and alarm.about.target.tag == "TT-101"
    assert alarms().snapshots([plant.tenant.prefix]) == [(T + 60 * S, found.number, found.number)]


def test_an_alarm_that_late_samples_show_enters_as_late_and_raises_nothing(plant: Evaluated) -> None:
    plant.now = now_ms()
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 70.0), ("TT-101", T + 60 * S, 85.0), ("TT-101", T + 90 * S, 70.0))
    plant.run(evaluator)
    plant.send(("TT-101", T + 10 * S, 95.0), ("TT-101", T + 20 * S, 70.0), ("TT-101", T + 70 * S, 96.0))
    plant.run(evaluator)
    told = [("raised", T + 60 * S, False, False), ("returned", T + 90 * S, False, False)]
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS) == 0, "the writer has not stored them yet"
    store_samples(plant)
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS - 1) == 0
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS) == 2
    assert alarms().late(plant.tenant.prefix) == []
    drain(plant.tenant)
    assert written(plant) == [*told, ("raised", T + 10 * S, True, False), ("returned", T + 20 * S, True, False)]
    assert alarms().all_states(plant.tenant.prefix)[1].keys() == {each.key for each in journal_of(plant)[:1]}


def test_late_samples_that_are_evaluated_again_enter_once(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 70.0), ("TT-101", T + 60 * S, 70.0))
    plant.run(evaluator)
    for _ in range(2):
        plant.send(("TT-101", T + 10 * S, 95.0), ("TT-101", T + 20 * S, 70.0))
        plant.run(evaluator)
        store_samples(plant)
        evaluate_late(plant.tenant, plant.now + SETTLED_MS + 61 * S)
    drain(plant.tenant)
    assert written(plant) == [("raised", T + 10 * S, True, False), ("returned", T + 20 * S, True, False)]


def test_what_late_samples_of_two_sensors_show_of_one_alarm_enters_once(plant: Evaluated) -> None:
    plant.rule(trigger=Expression(expression="{TT-101} > 80 [°C] or {TT-102} > 80 [°C]"))
    evaluator = plant.run()
    plant.send(*((tag, T + t * S, 70.0) for tag in ("TT-101", "TT-102") for t in (0, 60)))
    plant.run(evaluator)
    plant.send(*((tag, T + t * S, v) for tag in ("TT-101", "TT-102") for t, v in ((10, 95.0), (20, 70.0))))
    plant.run(evaluator)
    store_samples(plant)
    note_past(plant.tenant, [(plant.sensor("TT-101"), T, T + 60 * S)], plant.now)
    assert len(alarms().late(plant.tenant.prefix)) == 3
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS) == 2
    drain(plant.tenant)
    assert sorted(t for _, t, _, _ in written(plant)) == [T + 10 * S, T + 20 * S]


@pytest.mark.parametrize("batch_size", [1, late.BATCH_SIZE])
def test_imported_history_enters_as_past(plant: Evaluated, batch_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "BATCH_SIZE", batch_size)
    rule = plant.rule(trigger=Limit(side="high", limit=80.0), on_delay_s=25.0)
    plant.run()
    t = np.arange(T - 3 * DAY, T - 2 * DAY, 10 * S)
    v = np.full(len(t), 70.0)
    v[100:110], v[500:502], v[-3:] = 85.0, 85.0, 85.0
    with BulkWriter(plant.tenant) as writer:
        writer.add(plant.site, plant.sensor("TT-101"), t, v)
    note_past(plant.tenant, [(plant.sensor("TT-101"), int(t[0]), int(t[-1]))], plant.now)
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS) == 3
    assert alarms().late(plant.tenant.prefix) == []
    drain(plant.tenant)
    first, last = int(t[100]), int(t[-3])
    assert written(plant) == [
        ("raised", first + 25 * S, False, True),
        ("returned", int(t[110]), False, True),
        ("raised", last + 25 * S, False, True),
    ]
    assert plant.state(plant.key(rule)).plain


def test_without_enabled_rules_imports_are_not_noted(plant: Evaluated) -> None:
    note_past(plant.tenant, [(plant.sensor("TT-101"), T, T)], T)
    assert alarms().late(plant.tenant.prefix) == []


def test_the_journal_is_kept_as_long_as_the_tenant_says(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    drain(plant.tenant)
    tasks.clear_journal(plant.tenant, T + 40 * DAY)
    assert len(journal_of(plant)) == 1
    store(plant.tenant, AlarmSettingsChange(matrix=settings_of(plant.tenant).matrix, journal_days=39))
    tasks.clear_journal(plant.tenant, T + 40 * DAY)
    assert journal_of(plant) == []


@pytest.fixture
def of_long_ago(plant: Evaluated) -> Iterator[None]:
    """Leaves no entries of long ago in the journal, which is other tests' too."""
    yield
    journal.delete_alarms(writer(plant.tenant), T - 300 * DAY)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the requests by which lines are written."""
    write, sizes = Timeseries.write_lines, list[int]()

    def counted(store: Timeseries, policy: str, lines: bytes) -> None:
        sizes.append(len(lines))
        write(store, policy, lines)

    monkeypatch.setattr(Timeseries, "write_lines", counted)
    return sizes


@pytest.mark.usefixtures("of_long_ago")
def test_a_snapshot_of_more_than_influxdb_takes_at_once_is_written_in_pieces(plant: Evaluated, sent: list[int]) -> None:
    t = T - 600 * DAY
    made = Snapshot(t, 7, [f"{place} {'x' * 2_100}" for place in range(13_000)])
    journal.write_snapshot(writer(plant.tenant), made)
    assert sum(sent) > 25_000_000 and max(sent) < 5_000_000
    assert read_snapshot(reader(plant.tenant), t + S, t - DAY) == made


@pytest.mark.usefixtures("of_long_ago")
def test_a_snapshot_that_was_not_written_to_its_end_is_none(
    plant: Evaluated, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    t, write = T - 600 * DAY, Timeseries.write_lines

    def breaks_off(store: Timeseries, policy: str, lines: bytes) -> None:
        if len(sent) == 2:
            raise Unavailable("ended")
        write(store, policy, lines)

    monkeypatch.setattr(journal, "MAX_PIECE", 100)
    monkeypatch.setattr(Timeseries, "write_lines", breaks_off)
    with pytest.raises(Unavailable):
        journal.write_snapshot(writer(plant.tenant), Snapshot(t, 7, ["x" * 60] * 3))
    assert len(sent) == 2
    assert read_snapshot(reader(plant.tenant), t + S, t - DAY) is None


def entry(
    plant: Evaluated, number: int, what: What, t: int, condition: Condition = Condition.NORMAL, **more: Any
) -> JournalEntry:
    sensor = snapshot_of(plant.tenant).sensors[plant.sensor("TT-101")]
    of = about(sensor, rule=more.pop("rule", f"al{number:010d}"))
    return JournalEntry(f"{of.rule}:{sensor.id}", number, Transition(what, t, condition, **more), of)


@pytest.mark.usefixtures("of_long_ago")
def test_transitions_apply_in_the_order_of_their_numbers_whatever_their_times(plant: Evaluated) -> None:
    t = T - 500 * DAY
    journal.write_snapshot(writer(plant.tenant), Snapshot(t, 10, []))
    shelved = entry(plant, 11, What.SHELVED, t + 20 * S, until=t + DAY, rule="alaaaaaaaaaa")
    unshelved = entry(plant, 12, What.UNSHELVED, t - 20 * S, rule="alaaaaaaaaaa")
    write_entries(plant.tenant, [shelved, unshelved])
    assert past.alarms_at(plant.tenant, t + 30 * S).known == {}


@pytest.mark.usefixtures("of_long_ago")
def test_a_list_of_the_past_reads_no_more_than_is_allowed_and_says_so(
    plant: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    t = T - 400 * DAY
    journal.write_snapshot(writer(plant.tenant), Snapshot(t, 20, []))
    raised = [entry(plant, 21 + k, What.RAISED, t + (1 + k) * S, Condition.UNACKNOWLEDGED) for k in range(3)]
    found_later = [
        entry(plant, 31 + k, What.RAISED, t + (1 + k) * S, Condition.UNACKNOWLEDGED, past=True) for k in range(3)
    ]
    older = entry(plant, 24, What.RAISED, t - S, Condition.UNACKNOWLEDGED)
    write_entries(plant.tenant, [*raised, *found_later, older])
    for most, count, complete in ((8, 7, True), (7, 7, False), (5, 5, False), (3, 3, False), (2, 2, False)):
        monkeypatch.setattr(past, "MAX_TRANSITIONS", most)
        found = past.alarms_at(plant.tenant, t + 30 * S)
        assert (len(found.known), found.complete) == (count, complete), most
    assert {key.partition(":")[0] for key in found.known} == {"al0000000022", "al0000000023"}, "the newest"
