"""What people see of a restore: the last steps of the tenant that it fills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db.models import QuerySet
from django.utils import timezone

from runtime.archives import BadArchive
from tenants.lifecycle import StepState
from tenants.models import Step, Tenant
from tenants.steps import FILLING, UNPACK


class Shown:
    """Marks a tenant's steps as they are done; `report` hears each title as it begins."""

    def __init__(self, tenant: Tenant, report: Callable[[str], None] = lambda line: None) -> None:
        self._tenant, self._report = tenant, report

    def reset(self) -> None:
        """None of them is done yet, or not by this attempt."""
        self._steps(*FILLING).update(state=StepState.waiting, started=None, ended=None)

    def mark(self, name: str, state: StepState) -> None:
        """What somebody else does begins or is done."""
        moment = "started" if state is StepState.running else "ended"
        self._steps(name).update(state=state, message="", **{moment: timezone.now()})

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Done, or failed for good, or (where it may be tried again) waiting; both say why."""
        self._report(FILLING[name])
        self._steps(name).update(state=StepState.running, started=timezone.now(), ended=None)
        try:
            yield
        except Exception as error:
            state = StepState.failed if isinstance(error, BadArchive) else StepState.waiting
            self._steps(name).update(state=state, ended=timezone.now(), message=str(error))
            raise
        self._steps(name).update(state=StepState.done, ended=timezone.now(), message="")

    def report(self, message: str) -> None:
        """How far the step is that runs."""
        self._steps(*FILLING).filter(state=StepState.running).exclude(message=message).update(message=message)

    def _steps(self, *names: str) -> QuerySet[Step]:
        return Step.objects.filter(tenant=self._tenant.pk, name__in=names)


def add_steps(tenant: Tenant) -> None:
    """After those that made the tenant; the first is done, or nobody would be here."""
    tenant.steps.filter(name__in=FILLING).delete()
    after = tenant.steps.count()
    now = timezone.now()
    Step.objects.bulk_create(
        Step(tenant=tenant, position=after + position, name=name, title=title)
        for position, (name, title) in enumerate(FILLING.items())
    )
    tenant.steps.filter(name=UNPACK).update(state=StepState.done, started=now, ended=now)
