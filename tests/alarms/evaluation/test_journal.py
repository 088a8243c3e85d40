"""The journal: what is written and when, snapshots, late samples and imported history."""

from __future__ import annotations

import numpy as np

from alarms import tasks
from alarms.journal.drain import drain, write_snapshot
from alarms.journal.late import SETTLED_MS, evaluate_late, note_past
from alarms.journal.stored import alarms_of
from alarms.rules.models import Limit
from alarms.rules.settings import AlarmSettingsChange, settings_of, store
from ingest.bulk import BulkWriter
from kernel.times import DAY
from stores.timeseries.alarms import read_snapshot
from tests.alarms.evaluation.waves import journal_of
from tests.alarms.evaluation_plant import Evaluated, S, T
from tests.ingest.conftest import make_writer
from web.clock import now_ms
from web.stores import alarms, reader


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


def test_imported_history_enters_as_past(plant: Evaluated) -> None:
    rule = plant.rule(trigger=Limit(side="high", limit=80.0), on_delay_s=25.0)
    plant.run()
    t = np.arange(T - 3 * DAY, T - 2 * DAY, 10 * S)
    v = np.full(len(t), 70.0)
    v[100:110], v[500:502], v[-3:] = 85.0, 85.0, 85.0
    with BulkWriter(plant.tenant) as writer:
        writer.add(plant.site, plant.sensor("TT-101"), t, v)
    note_past(plant.tenant, [(plant.sensor("TT-101"), int(t[0]), int(t[-1]))], plant.now)
    assert evaluate_late(plant.tenant, plant.now + SETTLED_MS) == 3
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
