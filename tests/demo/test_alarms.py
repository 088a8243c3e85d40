"""The demo's rules find its faults, all of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from alarms import states
from alarms.backtest.columns import Column
from alarms.backtest.combining import simulate
from alarms.machine.model import What
from alarms.rules import repository
from catalog.kinds import SITES
from catalog.operations import delete
from demo.alarms import (
    CONDENSER_FOULED,
    PRESSURE_LOW,
    PUMP_TRIPPED,
    RETURN_DRIFTS,
    RULES,
    SUPPLY_AIR_WARM,
    SUPPLY_WATER_WARM,
    VALVE_STUCK,
    ensure_rules,
)
from demo.catalog import HARBOUR, SEED
from demo.install import ensure_site
from demo.past_alarms import raise_past_alarms
from demo.plant import Plant, faults_between
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.plant.faults import DRIFTING, FOULED, STUCK, TRIPPED
from demo.plant.noise import Floats, Ints
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection

NOW = 1_795_000_020_000 // MINUTE * MINUTE
AFTER = 3 * HOUR  # in which rooms are still warm after a valve was freed
MAIN = {PUMP_TRIPPED: TRIPPED, CONDENSER_FOULED: FOULED, VALVE_STUCK: STUCK, RETURN_DRIFTS: DRIFTING}
CAUSES = {
    **{name: {kind} for name, kind in MAIN.items()},
    PRESSURE_LOW: {TRIPPED}, SUPPLY_AIR_WARM: {STUCK}, SUPPLY_WATER_WARM: {TRIPPED},
}  # fmt: skip


@pytest.fixture(autouse=True)
def without_rules(acme: TenantConnection) -> Iterator[None]:
    """Before and after: other tests share the tenant."""
    forget_rules(acme)
    yield
    forget_rules(acme)


def forget_rules(tenant: TenantConnection) -> None:
    for rule in repository.find(tenant):
        repository.delete(tenant, rule.id, rule.revision)


def test_rules_are_added_once_and_those_of_people_stay(acme: TenantConnection) -> None:
    ensure_site(acme, HARBOUR)
    assert ensure_rules(acme, NOW)
    rules = {rule.name: rule for rule in repository.find(acme)}
    assert set(rules) == {rule.name for rule in RULES} and all(rule.enabled for rule in rules.values())
    assert {name: rule.targets for name, rule in rules.items()} == {
        "Pump tripped": 5, "Header pressure low": 1, "Condenser approach high": 2,
        "Coil valve does not follow its command": 4, "Supply air too warm": 4,
        "Return temperature disagrees with the chillers": 1, "Chilled water too warm": 1,
    }  # fmt: skip
    assert rules[PUMP_TRIPPED].priority == 1 and all(rule.instruction for rule in rules.values())
    repository.delete(acme, rules[PUMP_TRIPPED].id, rules[PUMP_TRIPPED].revision)
    assert not ensure_rules(acme, NOW)
    assert PUMP_TRIPPED not in {rule.name for rule in repository.find(acme)}


def simulated(tenant: TenantConnection, days: int) -> dict[str, list[tuple[str, int, int | None]]]:
    """By rule what it would have raised in the days before NOW: the sensor's tag, from when, until when."""
    installed, _ = ensure_site(tenant, HARBOUR)
    ensure_rules(tenant, NOW)
    start = NOW - days * DAY
    samples = Plant(SEED).samples(start, NOW, MINUTE)
    columns = {id: column(samples.times(tag), samples.of(tag)) for tag, id in installed.sensors.items()}
    found: dict[str, list[tuple[str, int, int | None]]] = {}
    compiled, problems = repository.compile_enabled(tenant)
    assert not problems
    for rule in compiled:
        raised = found.setdefault(rule.about.name, [])
        for transition in simulate(rule, columns, start, NOW):
            if transition.what == What.RAISED:
                raised.append((rule.about.target.tag, transition.t, None))
            elif transition.what == What.RETURNED:
                raised[-1] = (*raised[-1][:2], transition.t)
    return found


def column(t: Ints, v: Floats) -> Column:
    return Column(t, v.astype(np.float64), np.zeros(len(t), np.uint8))


def test_every_fault_raises_its_alarm_and_nothing_else_does_over_90_days(acme: TenantConnection) -> None:
    found = simulated(acme, 90)
    faults = faults_between(NOW - 90 * DAY, NOW, SEED)
    false = [
        (name, tag, t)
        for name, raised in found.items()
        for tag, t, _ in raised
        if not any(each.kind in CAUSES[name] and each.start <= t < each.end + AFTER for each in faults)
    ]
    assert len(false) <= 90 / 7, false
    for name, kind in MAIN.items():
        expected = [each for each in faults if each.kind == kind and each.end < NOW and each.start > NOW - 89 * DAY]
        unseen = [each for each in expected if not any(each.start <= t < each.end for _, t, _ in found[name])]
        assert not unseen, (name, unseen)
    assert sum(map(len, found.values())) < 90 * 4, "an operator has less than four a day"
    times = [(start, end) for raised in found.values() for _, start, end in raised]
    short = [start for start, end in times if end is not None and end - start < 2 * MINUTE]
    assert not short


def test_any_seven_days_have_five_alarms(acme: TenantConnection) -> None:
    found = simulated(acme, 7)
    assert sum(1 for raised in found.values() if raised) >= 5, found


def test_the_list_of_a_new_demo_is_as_if_the_rules_had_always_been_there(acme: TenantConnection) -> None:
    installed, _ = ensure_site(acme, HARBOUR)
    with BulkWriter(acme) as writer:
        samples = Plant(SEED).samples(NOW - 7 * DAY, NOW, MINUTE)
        for tag, id in installed.sensors.items():
            writer.add(installed.site, id, samples.times(tag), samples.of(tag))
    ensure_rules(acme, NOW)
    assert raise_past_alarms(acme, NOW - 7 * DAY, NOW) >= 5
    _, known = states.read_all(acme)
    listed = [each for each in known.values() if each.kept and each.kept.about.site == installed.site]
    assert len(listed) >= 5
    active = {each.kept.about.target.tag for each in listed if each.kept and each.state.condition == "unacknowledged"}
    expected = simulated(acme, 7)
    assert active == {tag for raised in expected.values() for tag, _, returned in raised if returned is None}
    before = states.read_all(acme)
    raise_past_alarms(acme, NOW - 7 * DAY, NOW)
    assert {key: each.revision for key, each in states.read_all(acme)[1].items()} == {
        key: each.revision for key, each in before[1].items()
    }
    delete(acme, SITES, installed.site, cascade=True)
