"""What is bounded: what people and late samples may add while a tenant's database is stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alarms import states
from alarms.machine import step
from alarms.machine.model import Input, Note
from alarms.states import Kept
from kernel.errors import Unavailable
from kernel.tenancy import Limits, TenantConnection
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
