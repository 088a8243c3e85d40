"""The progress of a restore: the last steps of its tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db.models import QuerySet
from django.utils import timezone

from runtime.archives import BadArchive
from tenants.announcing import announce_change
from tenants.lifecycle import StepState
from tenants.models import Step, Tenant
from tenants.steps import FILLING, UNPACK


class RestoreProgress:
    """Marks a tenant's steps as they are done; `report` gets each title when it starts."""

    def __init__(self, tenant: Tenant, report: Callable[[str], None] = lambda line: None) -> None:
        self._tenant, self._report = tenant, report

    def reset(self) -> None:
        """No step is done yet, or not by this attempt."""
        self._steps(*FILLING).update(state=StepState.waiting, started=None, ended=None)

    def mark(self, name: str, state: StepState) -> None:
        """A step that somebody else does starts or is done."""
        moment = "started" if state is StepState.running else "ended"
        self._steps(name).update(state=state, message="", **{moment: timezone.now()})
        announce_change(self._tenant.slug)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Done, or failed, or (if it will be retried) waiting; the latter two say why."""
        self._report(FILLING[name])
        self._steps(name).update(state=StepState.running, started=timezone.now(), ended=None)
        announce_change(self._tenant.slug)
        try:
            yield
        except Exception as error:
            state = StepState.failed if isinstance(error, BadArchive) else StepState.waiting
            self._steps(name).update(state=state, ended=timezone.now(), message=str(error))
            raise
        self._steps(name).update(state=StepState.done, ended=timezone.now(), message="")
        announce_change(self._tenant.slug)

    def report(self, message: str) -> None:
        """The progress of the running step."""
        self._steps(*FILLING).filter(state=StepState.running).exclude(message=message).update(message=message)

    def _steps(self, *names: str) -> QuerySet[Step]:
        return Step.objects.filter(tenant=self._tenant.pk, name__in=names)


def add_steps(tenant: Tenant) -> None:
    """Added after those that created the tenant; the first has been done by the caller."""
    tenant.steps.filter(name__in=FILLING).delete()
    after = tenant.steps.count()
    now = timezone.now()
    Step.objects.bulk_create(
        Step(tenant=tenant, position=after + position, name=name, title=title)
        for position, (name, title) in enumerate(FILLING.items())
    )
    tenant.steps.filter(name=UNPACK).update(state=StepState.done, started=now, ended=now)
