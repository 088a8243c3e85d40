"""The evaluator's process: tenants beside one another, wake-ups, timers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings

from alarms.evaluation import process
from alarms.evaluation.process import Evaluator, Turn
from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.rules.compiled import CompiledRule
from catalog.operations import ensure_indexes
from kernel.ids import TENANT, new_id
from kernel.tenancy import TenantConnection
from stores.redis.alarm_scripts import CURSOR, EVALUATOR
from stores.redis.client import redis_client
from tests.alarms.evaluation_plant import Evaluated, make_plant
from tests.waiting import wait_until
from web.clock import now_ms
from web.stores import documents, streams


@pytest.fixture
def neighbour(rival: TenantConnection) -> Iterator[Evaluated]:
    tenant = replace(rival, id=new_id(TENANT), disk="")
    ensure_indexes(documents(tenant))
    yield make_plant(tenant)
    streams().drop_tenant(tenant.prefix)
    documents(tenant).drop()


class CountedRules(StoredRules):
    """`asked`: how often they were looked for, and `compiled`, how often there were new ones."""

    asked = compiled = 0

    def changed(self) -> Sequence[CompiledRule] | None:
        self.asked += 1
        found = super().changed()
        self.compiled += found is not None
        return found


@contextmanager
def running(*plants: Evaluated) -> Iterator[None]:
    def make(tenant: TenantConnection) -> TenantEvaluator:
        return TenantEvaluator(tenant, StoredRules(tenant), now_ms)

    evaluator = Evaluator(lambda: [plant.tenant for plant in plants], make, now_ms)
    thread = threading.Thread(target=evaluator.run)
    thread.start()
    try:
        yield
    finally:
        evaluator.stop()
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def only_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tenant has a turn without a reason."""
    monkeypatch.setattr("alarms.evaluation.process.IDLE_POLL_INTERVAL_S", 3600.0)


def test_a_sample_wakes_the_evaluator(plant: Evaluated, only_woken: None) -> None:
    plant.rule()
    with running(plant):
        wait_until(lambda: bool(redis_client(settings.REDIS_URL).exists(plant.tenant.prefix + CURSOR)))
        time.sleep(0.5)
        for k in range(3):
            plant.send(("TT-101", now_ms(), 85.0 if k % 2 == 0 else 20.0))
            wait_until(lambda count=k + 1: len(plant.told()) == count)  # type: ignore[misc]


def test_a_timer_is_kept_without_samples(plant: Evaluated, only_woken: None) -> None:
    plant.rule(on_delay_s=1.0)
    with running(plant):
        wait_until(lambda: bool(redis_client(settings.REDIS_URL).exists(plant.tenant.prefix + CURSOR)))
        t = now_ms()
        plant.send(("TT-101", t, 85.0))
        wait_until(lambda: bool(plant.told()))
        assert plant.told() == [("raised", t + 1_000)] and t + 1_000 <= now_ms()


def test_a_tenant_that_fails_delays_no_other(plant: Evaluated, neighbour: Evaluated, only_woken: None) -> None:
    for each in (plant, neighbour):
        each.rule()
    client, key = redis_client(settings.REDIS_URL), neighbour.tenant.prefix + CURSOR
    client.rpush(key, "no cursor")
    with running(neighbour, plant):
        wait_until(lambda: bool(client.exists(plant.tenant.prefix + CURSOR)))
        time.sleep(0.5)
        plant.send(("TT-101", now_ms(), 85.0))
        wait_until(lambda: bool(plant.told()))
        client.delete(key)
        neighbour.send(("TT-101", now_ms(), 85.0))
        wait_until(lambda: bool(neighbour.told()))


class SlowTurns:
    """Turns of a tenant that last until they are let go. `most`: how many at once."""

    going, most, made = 0, 0, 0
    let_go = threading.Event()

    def __init__(self, tenant: TenantConnection) -> None:
        self.tenant = tenant
        SlowTurns.made += 1

    def run_once(self) -> Turn:
        SlowTurns.going += 1
        SlowTurns.most = max(SlowTurns.most, SlowTurns.going)
        SlowTurns.let_go.wait(60)
        SlowTurns.going -= 1
        return Turn("")

    def recover(self) -> None: ...

    def release(self) -> None: ...


def test_a_tenant_that_goes_and_comes_while_it_has_a_turn_is_evaluated_once_at_a_time(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "TENANTS_POLL_INTERVAL_S", 0.05)
    tenants = [acme]
    asked = threading.Semaphore(0)

    def listed() -> list[TenantConnection]:
        asked.release()
        return list(tenants)

    def wait_listed() -> None:
        while asked.acquire(blocking=False):
            pass
        for _ in range(3):
            assert asked.acquire(timeout=60)

    evaluator = Evaluator(listed, SlowTurns, now_ms, linger_s=0.01)
    thread = threading.Thread(target=evaluator.run)
    thread.start()
    try:
        wait_until(lambda: SlowTurns.going == 1)
        for tenants[:] in ([], [acme]):
            wait_listed()
        assert (SlowTurns.made, SlowTurns.most) == (1, 1)
        tenants.clear()
        wait_listed()
        SlowTurns.let_go.set()
        wait_listed()
        tenants.append(acme)
        wait_until(lambda: SlowTurns.made == 2)
    finally:
        SlowTurns.let_go.set()
        evaluator.stop()
        thread.join(60)
        assert not thread.is_alive()
    assert SlowTurns.most == 1


def test_rules_that_change_are_taken_while_it_runs(plant: Evaluated) -> None:
    rule = plant.rule()
    with running(plant):
        wait_until(lambda: bool(redis_client(settings.REDIS_URL).exists(plant.tenant.prefix + CURSOR)))
        plant.send(("TT-101", now_ms(), 85.0))
        wait_until(lambda: len(plant.told()) == 1)
        plant.change(rule, enabled=False)
        wait_until(lambda: [what for what, _ in plant.told()] == ["raised", "disabled"])
        wait_until(lambda: not redis_client(settings.REDIS_URL).exists(plant.tenant.prefix + CURSOR))


def test_a_process_that_waits_for_the_lease_of_another_compiles_nothing(plant: Evaluated) -> None:
    plant.rule()
    plant.run()
    client, lease = redis_client(settings.REDIS_URL), plant.tenant.prefix + EVALUATOR
    client.set(lease, "other-host/pid:[1]/7.7")
    rules = CountedRules(plant.tenant)
    standby = TenantEvaluator(plant.tenant, rules, now_ms)
    plant.send(("TT-101", now_ms(), 85.0))
    for _ in range(3):
        standby.check_rules()
        assert standby.run_once() == Turn("")
    assert rules.asked == 0 and plant.told() == []
    client.delete(lease)
    plant.run(standby)
    assert rules.compiled == 1 and [what for what, _ in plant.told()] == ["raised"]
    client.set(lease, "other-host/pid:[1]/7.7")
    before = rules.asked
    for _ in range(3):
        standby.check_rules()
        assert standby.run_once() == Turn("")
    assert (rules.asked, rules.compiled) == (before, 1)


def test_a_tenant_without_rules_is_not_compiled_again(plant: Evaluated) -> None:
    rules = CountedRules(plant.tenant)
    evaluator = TenantEvaluator(plant.tenant, rules, now_ms)
    for _ in range(3):
        evaluator.check_rules()
        assert evaluator.run_once() == Turn("")
    assert rules.compiled == 1
