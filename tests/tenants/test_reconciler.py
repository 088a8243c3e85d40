"""Workers and leases: one works, the others wait; concurrent requests are never lost."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from runtime.home import Home
from runtime.supervisor import Supervisor
from tenants import leases, operations, queries, reconciler
from tenants.drivers import Waiting
from tenants.leases import Lease, LeaseLost, claim_idle, claim_next, due
from tenants.lifecycle import LEASE, Plan, State
from tenants.models import Tenant
from tenants.steps import StepPlan, Work
from tests.tenants.conftest import MakeTenant, assert_gone
from tests.waiting import wait_until

NOW = timezone.now()


@pytest.fixture
def requested(db: None) -> Tenant:
    return operations.create(operations.NewTenant(slug="leased"))


def test_one_worker_claims_and_the_next_finds_nothing(requested: Tenant) -> None:
    assert claim_next(NOW) is not None
    assert claim_next(NOW) is None
    assert claim_next(NOW + LEASE - timedelta(seconds=1)) is None


def test_a_dead_workers_tenant_is_free_after_thirty_seconds(requested: Tenant) -> None:
    dead = claim_next(NOW)
    assert dead is not None
    heir = claim_next(NOW + LEASE)
    assert heir is not None and heir.read().pk == requested.pk
    with pytest.raises(LeaseLost):  # should the dead one wake up after all
        dead.save(endpoints={"http": "wrong"})
    with pytest.raises(LeaseLost):
        dead.read()
    assert Tenant.objects.get(pk=requested.pk).endpoints == {}


def test_due_tenants_in_sql_match_the_life_cycle(db: None) -> None:
    from tenants.lifecycle import Transition, is_due

    moments = (None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1))
    number = 0
    for state in State:
        for plan in Plan:
            for lease_until in moments:
                for not_before in moments:
                    times = {"lease_until": lease_until, "not_before": not_before}
                    Tenant.objects.create(slug=f"t{number}", name="x", state=state, plan=plan, **times)
                    number += 1
    found = set(due(NOW).values_list("slug", flat=True))
    wanted = {
        each.slug
        for each in Tenant.objects.all()
        if is_due(Transition(State(each.state), Plan(each.plan)), each.lease_until, each.not_before, NOW)
    }
    assert found == wanted
    assert 0 < len(found) < number


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_its_worker_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.05)
    tenant = operations.create(operations.NewTenant(slug="long-work"))
    started = timezone.now()
    lease = claim_next(started)
    assert lease is not None
    with lease:
        wait_until(lambda: Tenant.objects.get(pk=tenant.pk).lease_until > started + LEASE)  # type: ignore[operator]
    assert Tenant.objects.get(pk=tenant.pk).lease_until is None, "given back at the end"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gets_on", [True, False])
def test_a_worker_making_progress_keeps_its_lease_and_a_hung_one_does_not(
    monkeypatch: pytest.MonkeyPatch, gets_on: bool
) -> None:
    stall_s = 3.0 if gets_on else 0.5
    monkeypatch.setattr(leases, "RENEW_S", 0.05)
    monkeypatch.setattr(leases, "MAX_STALL_S", stall_s)
    operations.create(operations.NewTenant(slug="long-work"))
    lease = claim_next(timezone.now())
    assert lease is not None
    with lease:
        began, piece = time.monotonic(), 0
        while time.monotonic() < began + 1.2 * stall_s or (lease._renewer.is_running() and not gets_on):
            lease.progressed(f"{piece} MB" if gets_on else "0 MB")
            piece += 1
            time.sleep(0.1)
        assert lease._renewer.is_running() is gets_on


@pytest.mark.django_db(transaction=True)
def test_a_worker_notices_that_it_lost_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.05)
    tenant = operations.create(operations.NewTenant(slug="taken"))
    lease = claim_next(timezone.now())
    assert lease is not None
    with lease:
        Tenant.objects.filter(pk=tenant.pk).update(lease_owner="somebody else")
        wait_until(lambda: not lease._renewer.is_running())
        with pytest.raises(LeaseLost):
            lease.read()
    assert Tenant.objects.get(pk=tenant.pk).lease_owner == "somebody else"


def test_a_deletion_requested_during_a_step_wins(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    run_step = reconciler.run_step

    def request_in_the_middle(work: Work, step: StepPlan) -> None:
        run_step(work, step)
        if step.name == "server":
            operations.delete("regretted", "regretted")

    monkeypatch.setattr(reconciler, "run_step", request_in_the_middle)
    tenant = operations.create(operations.NewTenant(slug="regretted"))
    reconciler.reconcile()
    assert_gone(home, tenant.id, tenant.disk)


def test_a_deletion_requested_at_the_last_moment_is_not_overwritten_by_ready(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    finish = reconciler.lifecycle.finish

    def request_at_the_last_moment(transition: reconciler.Transition) -> reconciler.Transition:
        if transition.plan is Plan.provision:
            operations.delete("last-moment", "last-moment")
        return finish(transition)

    monkeypatch.setattr(reconciler.lifecycle, "finish", request_at_the_last_moment)
    tenant = operations.create(operations.NewTenant(slug="last-moment"))
    reconciler.reconcile()
    assert_gone(home, tenant.id, tenant.disk)


def test_a_failed_step_is_retried_later_and_shows_the_reason(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_step = reconciler.run_step

    def unlucky(work: Work, step: StepPlan) -> None:
        if step.name == "database":
            raise ConnectionRefusedError("nobody listens")
        run_step(work, step)

    monkeypatch.setattr(reconciler, "run_step", unlucky)
    operations.create(operations.NewTenant(slug="bumpy"))
    reconciler.reconcile()
    tenant = queries.find("bumpy")
    assert (tenant.state, tenant.attempts) == ("provisioning", 1)
    assert "retrying after: Create the database: nobody listens" in queries.status(tenant)
    assert claim_next(timezone.now()) is None, "not before its pause is over"

    monkeypatch.setattr(reconciler, "run_step", run_step)
    Tenant.objects.filter(slug="bumpy").update(not_before=None)
    reconciler.reconcile()
    tenant = queries.find("bumpy")
    assert (tenant.state, tenant.error, tenant.attempts) == ("ready", "", 0)
    operations.delete("bumpy", "bumpy")
    reconciler.reconcile()


def test_a_tenant_that_kills_every_worker_fails(requested: Tenant) -> None:
    now = NOW
    for _ in range(6):  # each claims, and dies
        assert claim_next(now) is not None
        now += LEASE
    lease = claim_next(now)
    assert lease is not None
    reconciler.work_on(lease)
    tenant = queries.find("leased")
    assert (tenant.state, tenant.plan) == ("failed", "provision")
    assert "worker crashed on every attempt" in tenant.error


def test_a_deletion_waits_until_a_server_has_been_restarted(make_tenant: MakeTenant, servers: Supervisor) -> None:
    tenant = make_tenant("woken")
    waking = claim_idle(tenant.id, timezone.now())
    assert waking is not None
    operations.delete("woken", "woken")
    assert reconciler.reconcile() == 0
    with waking:
        pass  # the program is started here, and nobody removes it at the same time
    assert reconciler.reconcile() == 1
    assert not Tenant.objects.filter(slug="woken").exists()


@pytest.fixture
def parked(db: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every attempt does nothing but wait for a moment. The tenants that were worked on, in their order."""
    worked: list[str] = []

    def wait(work: Work, step: StepPlan) -> None:
        worked.append(work.tenant.slug)
        raise Waiting("not yet", again_s=0.2)

    monkeypatch.setattr(reconciler, "run_step", wait)
    return worked


def test_waiting_is_no_failure_and_keeps_earlier_ones(parked: list[str]) -> None:
    operations.create(operations.NewTenant(slug="waiting"))
    Tenant.objects.update(attempts=3)
    lease = claim_next(timezone.now())
    assert lease is not None
    with lease:
        reconciler.work_on(lease)
    assert len(parked) == 1
    assert Tenant.objects.get().attempts == 3


def test_waiting_steps_are_retried_in_the_same_round(parked: list[str]) -> None:
    operations.create(operations.NewTenant(slug="waiting"))
    reconciler.reconcile_once(timedelta(seconds=5))
    assert len(parked) >= 3


def test_a_round_ends_however_much_there_is_to_do(parked: list[str]) -> None:
    for number in range(5):
        operations.create(operations.NewTenant(slug=f"one-of-many-{number}"))
    reconciler.reconcile_once(timedelta(seconds=0))
    assert parked == []
    reconciler.reconcile_once(timedelta(microseconds=1000))
    assert len(parked) < 5


@pytest.mark.django_db(transaction=True)
def test_a_round_works_on_several_tenants_concurrently(monkeypatch: pytest.MonkeyPatch) -> None:
    together, worked = threading.Barrier(3, timeout=20), list[str]()

    def work(work: Work, step: StepPlan) -> None:
        worked.append(work.tenant.slug)
        together.wait()
        raise Waiting("not yet", again_s=60)

    monkeypatch.setattr(reconciler, "run_step", work)
    for number in range(3):
        operations.create(operations.NewTenant(slug=f"beside-{number}"))
    reconciler.reconcile_once(timedelta(seconds=5), concurrency=3)
    assert sorted(worked) == ["beside-0", "beside-1", "beside-2"]
    assert not Tenant.objects.exclude(lease_until=None).exists(), "all are given back"


@pytest.mark.django_db(transaction=True)
def test_tenants_that_failed_before_are_worked_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tenants that may crash the worker are never worked on together."""
    under_way, most = list[str](), list[int]()

    def work(lease: Lease) -> None:
        under_way.append(lease.tenant_id)
        most.append(len(under_way))
        time.sleep(0.05)
        under_way.remove(lease.tenant_id)
        Tenant.objects.filter(pk=lease.tenant_id).update(plan="")

    monkeypatch.setattr(reconciler, "work_on", work)
    for number in range(4):
        operations.create(operations.NewTenant(slug=f"tried-{number}"))
    Tenant.objects.update(attempts=1)
    reconciler.reconcile_once(timedelta(seconds=5), concurrency=3)
    assert most == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_errors_in_other_threads_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    main, helped = threading.current_thread(), threading.Event()

    def work(lease: Lease) -> None:
        if threading.current_thread() is not main:
            helped.set()
            raise RuntimeError("a fault of ours")
        assert helped.wait(60)
        Tenant.objects.update(plan="")

    monkeypatch.setattr(reconciler, "work_on", work)
    for number in range(2):
        operations.create(operations.NewTenant(slug=f"beside-{number}"))
    with pytest.raises(RuntimeError, match="a fault of ours"):
        reconciler.reconcile_once(timedelta(seconds=60), concurrency=2)
