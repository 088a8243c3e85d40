"""Makes every tenant match its row. Runs in any number of workers; leases keep them apart."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from jobs import Queue
from jobs import wake as wake_jobs
from kernel.errors import PlantraceError
from kernel.structs import resolve_structs
from tenants import lifecycle, operations, pod_credentials
from tenants.announcing import announce_change
from tenants.drivers import DetectsWithdrawal, DriverError, Restarts, Server, Waiting, driver_named, drivers
from tenants.interfaces import data_plane
from tenants.leases import Lease, LeaseLost, claim_idle, claim_next, comes_due, due
from tenants.lifecycle import Plan, State, StepState, Transition
from tenants.models import KeptDisk, Step, Tenant
from tenants.signals import announce
from tenants.steps import PLANS, StepPlan, Work, server_of, servers_of

log = logging.getLogger(__name__)

SWEEP_PERIOD = timedelta(minutes=15)  # no work on a tenant continues for longer once its database is gone
POLL_INTERVAL_S = 0.05  # while nothing is due, but soon will be: a new request is not kept waiting for it
MOMENT = timedelta(seconds=0.2)  # a database that is starting is waited for, a pod or a pull request is not
EXPECTED = (PlantraceError, DriverError, OSError)  # say what is wrong in a sentence; any other is a bug


def reconcile() -> int:
    """Work on what is due, or will be in a moment, until nothing is. Returns the number of tenants worked on."""
    worked: set[str] = set()
    while True:
        if lease := claim_next(now := timezone.now()):
            with lease:
                work_on(lease)
            worked.add(lease.tenant_id)
        elif comes_due(now, MOMENT):
            time.sleep(POLL_INTERVAL_S)
        else:
            return len(worked)


def reconcile_once(within: timedelta, concurrency: int = 1) -> None:
    """Work on what is due, and on what will be within that time, on several tenants at once: most of it is waiting.

    What is left is for the next call: roll-outs, disks and stopped servers must not wait until a thousand tenants are
    created. A tenant that failed before is worked on by this thread only: if it crashes the worker, it takes few
    others with it, and none of them twice.
    """
    end = timezone.now() + within
    resolve_structs()
    with ThreadPoolExecutor(concurrency) as pool:
        helpers = [pool.submit(_help_until, end) for _ in range(concurrency - 1)] if due(end).exists() else []
        _work_until(end)
        for helper in helpers:
            helper.result()


def _help_until(end: datetime) -> None:
    try:
        _work_until(end, untried=True)
    finally:
        connection.close()  # of this thread


def _work_until(end: datetime, untried: bool = False) -> None:
    while (now := timezone.now()) < end:
        if lease := claim_next(now, untried):
            with lease:
                work_on(lease)
        elif comes_due(now, end - now):
            time.sleep(POLL_INTERVAL_S)
        else:
            return


def work_on(lease: Lease) -> None:
    """Run the plan of one tenant, step by step, to its end, to an error, or until somebody requests something else."""
    try:
        work = _begin(lease)
        if work is None:
            return
        plan = Plan(work.tenant.plan)
        for step in PLANS[plan]:
            tenant = lease.read()
            if tenant.plan != plan:
                return  # a new request: the next claim starts with its first step
            if not _attempt(replace(work, tenant=tenant), step):
                return
        _finish(lease, plan)
    except LeaseLost:
        log.warning("Another worker took over tenant %s", lease.tenant_id)


def run_step(work: Work, step: StepPlan) -> None:
    """The step's own work, and nothing else."""
    if not (step.needs_database and settings.TENANTS_SIMULATED):
        step.run(work)


def _begin(lease: Lease) -> Work | None:
    tenant = lease.read()
    transition = lifecycle.start(_transition_of(tenant))
    if tenant.attempts > lifecycle.MAX_ATTEMPTS:
        _give_up(lease, tenant, "The worker crashed on every attempt; see its log.")
        return None
    if tenant.state != transition.state and not _move(lease, tenant, transition):
        return None
    operations.ensure_steps(tenant, transition.plan)
    return Work(tenant, lease)


def _attempt(work: Work, step: StepPlan) -> bool:
    """Whether the step is done."""
    record = Step.objects.filter(tenant=work.tenant, name=step.name)
    undone = record.exclude(state=StepState.done)
    parked = Q(state=StepState.waiting, started__isnull=False, ended=None)
    undone.exclude(parked).update(started=timezone.now(), ended=None, message="")
    undone.update(state=StepState.running)
    announce_change(work.tenant.slug)
    try:
        run_step(work, step)
    except LeaseLost:
        raise
    except Waiting as waiting:
        return _parked(work, step, waiting)
    except Exception as error:
        _failed(work, step, error)
        return False
    undone.update(state=StepState.done, ended=timezone.now(), message="")
    announce_change(work.tenant.slug)
    return True


def _parked(work: Work, step: StepPlan, waiting: Waiting) -> bool:
    """The step keeps waiting while the worker continues; after too long it is a failure. Returns False: not done."""
    [record] = Step.objects.filter(tenant=work.tenant, name=step.name)
    now, most = timezone.now(), waiting.at_most_s
    if most is not None and record.started and now - record.started > timedelta(seconds=most):
        _failed(work, step, waiting)
        return False
    Step.objects.filter(pk=record.pk).exclude(state=StepState.done).update(
        state=StepState.waiting, message=str(waiting)
    )
    again = now + timedelta(seconds=waiting.again_s)
    failures = max(0, work.tenant.attempts - 1)  # this attempt has not failed
    work.lease.save_if(work.tenant, error="", attempts=failures, not_before=again)
    announce_change(work.tenant.slug)
    return False


def _failed(work: Work, step: StepPlan, error: Exception) -> None:
    expected = isinstance(error, EXPECTED)
    message = str(error) if expected else f"{type(error).__name__}: {error}"
    log.error("Tenant %s, step %s: %s", work.tenant.slug, step.name, message, exc_info=None if expected else error)
    pause = lifecycle.back_off(work.tenant.attempts)
    Step.objects.filter(tenant=work.tenant, name=step.name).update(
        state=StepState.waiting if pause else StepState.failed, ended=timezone.now(), message=message
    )
    if pause is None:
        _give_up(work.lease, work.tenant, f"{step.title}: {message}")
    else:
        work.lease.save_if(work.tenant, error=f"{step.title}: {message}", not_before=timezone.now() + pause)
    announce_change(work.tenant.slug)


def _give_up(lease: Lease, tenant: Tenant, message: str) -> None:
    _move(lease, tenant, lifecycle.fail(_transition_of(tenant)), error=message)


def _finish(lease: Lease, plan: Plan) -> None:
    if plan is Plan.delete:
        return  # its last step removed the row and announced it
    tenant = lease.read()
    if tenant.plan == plan:
        error = tenant.error if plan is Plan.suspend else ""  # why it was suspended, if not by a person
        transition = lifecycle.finish(_transition_of(tenant))
        if tenant.restoring:  # it becomes ready when its backup is restored
            transition = Transition(State(tenant.state), Plan.none)
        _move(lease, tenant, transition, error=error, attempts=0, not_before=None)
        if tenant.restoring:
            transaction.on_commit(lambda: wake_jobs(Queue.long))


def _move(lease: Lease, tenant: Tenant, transition: Transition, **fields: object) -> bool:
    """Whether it moved; not if somebody made another request meanwhile: the next claim handles that."""
    if transition.state != tenant.state and not lifecycle.may_move(State(tenant.state), transition.state):
        raise ValueError(f"Tenant {tenant.slug} cannot go from {tenant.state} to {transition.state}.")
    with transaction.atomic():
        moved = lease.save_if(tenant, state=transition.state, plan=transition.plan, **fields)
        if moved:
            announce(tenant.id, tenant.slug, transition.state)
            announce_change(tenant.slug)
    return moved


def _transition_of(tenant: Tenant) -> Transition:
    return Transition(State(tenant.state), Plan(tenant.plan))


def drop_disks(now: datetime) -> None:
    """Remove dropped disks with documents and keys: repeatedly for a while, because of late writers."""
    for kept in KeptDisk.objects.filter(dropping=True):
        place = {"driver": kept.driver, "cluster": kept.cluster}
        disk = Tenant(id=kept.id, slug=kept.slug, name=kept.name, disk=kept.id, volume=kept.volume, **place)
        try:
            driver_named(kept.driver).remove_disk(server_of(disk))
            data_plane().drop_documents(disk.identity())
            data_plane().drop_keys(disk.identity())
        except Waiting:
            continue
        except EXPECTED as error:
            log.error("Disk %s could not be removed yet: %s", kept.id, error)
        else:
            if now - kept.kept > SWEEP_PERIOD:
                kept.delete()


def ensure_pod_users(all_of_them: bool) -> None:
    """Redis loses the users of tenants' pods when it restarts."""
    try:
        if count := pod_credentials.ensure_users(all_of_them):
            log.info("%d users of tenants' pods were made in Redis", count)
    except PlantraceError as error:
        log.warning("The users of tenants' pods cannot be checked: %s", error.detail)


def suspend_withdrawn() -> None:
    """Suspend tenants whose definition was withdrawn from outside, with that reason. None of their data is deleted."""
    for driver in drivers().values():
        if isinstance(driver, DetectsWithdrawal):
            for tenant, why in driver.withdrawn(_at_rest(driver.name)).items():
                operations.suspend_withdrawn(tenant, why)


def restart_stopped() -> None:
    """The servers of ready tenants run: stopped ones are started, those that cannot be are provisioned again."""
    for driver in drivers().values():
        if not isinstance(driver, Restarts):
            continue
        for server in driver.stopped(_at_rest(driver.name)):
            if lease := claim_idle(server.tenant, timezone.now()):
                with lease:
                    _restart(driver, lease)


def _at_rest(driver: str) -> list[Server]:
    return servers_of(Tenant.objects.filter(driver=driver, state=State.ready, plan=Plan.none))


def _restart(driver: Restarts, lease: Lease) -> None:
    tenant = lease.read()
    if tenant.state == State.ready and not driver.restart(server_of(tenant)):
        log.warning("Tenant %s cannot start as it was; setting it up again", tenant.slug)
        if _move(lease, tenant, Transition(State.provisioning, Plan.provision)):
            operations.ensure_steps(tenant, Plan.provision)
