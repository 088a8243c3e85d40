"""What is bounded: what people and late samples may add while a tenant's database is stopped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alarms import states
from alarms.journal.drain import drain
from alarms.journal.late import SETTLED_MS, evaluate_late
from alarms.machine import step
from alarms.machine.model import Input, Note
from alarms.states import Kept
from ingest.bulk import BulkWriter
from kernel.errors import Unavailable
from kernel.tenancy import Limits, TenantConnection
from kernel.times import DAY
from stores.redis.alarm_scripts import MAX_LATE_RANGES
from stores.redis.alarms import LateRange, Step
from tests.alarms.evaluation.waves import journal_of
from tests.alarms.evaluation_plant import Evaluated, S, T
from web.stores import alarms, streams


def note(tenant: TenantConnection, key: str, input: Input) -> None:
    known = states.read(tenant, [key])[key]
    assert known.kept is not None
    state, added = step(known.kept.settings, known.state, input)
    kept = Kept(state, known.kept.about, known.kept.settings)
    assert not states.commit_changes(tenant, {key: (known.revision, kept, added)})


def test_people_change_alarms_beside_a_full_queue_until_too_much_waits(plant: Evaluated) -> None:
    rule = plant.rule()
    plant.send(("TT-101", T, 85.0))
    plant.run()
    tenant, key = replace(plant.tenant, limits=Limits(stream_length=80_000)), plant.key(rule)
    streams().append(plant.tenant, [(80_000, b"x")])
    note(tenant, key, Note(T + S, "anna", "pump is back", ""))
    streams().append(plant.tenant, [(10_000, b"x")])
    count = alarms().outgoing_count(tenant.prefix)
    with pytest.raises(Unavailable) as refused:
        note(tenant, key, Note(T + 2 * S, "anna", "pump is off", ""))
    assert refused.value.problem == "backlog-full"
    assert alarms().outgoing_count(tenant.prefix) == count == 2


def test_late_samples_far_apart_are_ranges_of_their_own(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 70.0))
    plant.run(evaluator)
    plant.send(*(("TT-101", T - day * DAY, 70.0) for day in (9_000, 40, 39, 1)))
    plant.run(evaluator)
    found = [((T - each.start) // DAY, (T - each.end) // DAY) for each in alarms().late(plant.tenant.prefix)]
    assert found == [(9_000, 9_000), (40, 39), (1, 1)]
    plant.send(*(("TT-101", T - 10 * day * DAY, 70.0) for day in range(2, 800)))
    plant.run(evaluator)
    assert len(alarms().late(plant.tenant.prefix)) == MAX_LATE_RANGES


def test_of_late_samples_over_years_the_last_year_is_evaluated(plant: Evaluated) -> None:
    plant.rule()
    plant.run()
    days = np.array([700, 699, 300, 299])
    with BulkWriter(plant.tenant) as writer:
        writer.add(plant.site, plant.sensor("TT-101"), T - days * DAY, np.array([85.0, 70.0, 85.0, 70.0]))
    alarms().commit(plant.tenant.prefix, Step(late=[LateRange(plant.sensor("TT-101"), T - 800 * DAY, T, T)]))
    assert evaluate_late(plant.tenant, T + SETTLED_MS) == 2
    drain(plant.tenant)
    assert [(T - each.transition.t) // DAY for each in journal_of(plant)] == [300, 299]
