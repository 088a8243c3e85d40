"""Alarms of assets that are being worked on are suppressed by design (ISA-18.2)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial

from alarms.evaluation.alarm import Alarm
from alarms.machine.model import Input, Release, State, Suppress
from alarms.seams import MAINTENANCE, maintained_assets
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection

log = logging.getLogger(__name__)

Reasons = Mapping[str, tuple[str, ...]]  # by asset


class Maintenance:
    """What is being worked on in one tenant. `reasons` None: it is not known yet."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant
        self._position: object = None
        self.reasons: Reasons | None = None

    def check(self) -> bool:
        """Whether it is known and other than at the last call. If it cannot be read, what was known goes on."""
        try:
            position = maintained_assets().position(self._tenant)
            if position == self._position:
                return False
            reasons = maintained_assets().reasons(self._tenant)
        except PlantraceError as error:
            log.warning("%s: what is being worked on cannot be read: %s", self._tenant.slug, error.detail)
            return False
        self._position, before, self.reasons = position, self.reasons, reasons
        return reasons != before

    def forget(self) -> None:
        self._position = None


def inputs_for(state: State, wanted: Iterable[str], now: int) -> list[Input]:
    """What makes an alarm suppressed for these reasons and no other ones of maintenance."""
    reasons = tuple(wanted)
    present = [why for why in state.suppressed if why.startswith(MAINTENANCE)]
    suppress: list[Input] = [Suppress(now, why) for why in reasons if why not in present]
    return suppress + [Release(now, why) for why in present if why not in reasons]


def maintain(alarms: Iterable[Alarm], reasons: Reasons | None, now: int) -> list[Alarm]:
    """Suppress the alarms of assets that are being worked on, and release others. Returns what was changed."""
    if reasons is None:
        return []
    affected = []
    for alarm in alarms:
        inputs = [] if alarm.broken else inputs_for(alarm.state, reasons.get(alarm.rule.asset, ()), now)
        if inputs:
            alarm.attempt(partial(alarm.step, inputs))
            affected.append(alarm)
    return affected
