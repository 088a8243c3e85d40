"""Suppression of other systems' alerts while their asset is being worked on: no evaluator has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from alarms import states
from alarms.about import EXTERNAL
from alarms.evaluation.maintenance import inputs_for
from alarms.machine import run
from alarms.machine.model import Transition
from alarms.states import Kept
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection

ATTEMPTS = 5


def settle(tenant: TenantConnection, reasons: Mapping[str, tuple[str, ...]], now: int) -> int:
    """Have exactly those suppressed whose asset has reasons; how many changed. Can be repeated. Raises Unavailable."""
    for _ in range(ATTEMPTS):
        _, known = states.read_all(tenant)
        changes: dict[str, tuple[int, Kept, Sequence[Transition]]] = {}
        for key, each in known.items():
            if each.kept is None or each.kept.about.kind != EXTERNAL:
                continue
            asset = each.kept.about.asset
            if inputs := inputs_for(each.state, reasons.get(asset.id, ()) if asset else (), now):
                state, transitions = run(each.kept.settings, each.state, inputs)
                changes[key] = (each.revision, replace(each.kept, state=state), transitions)
        if not changes or not states.commit_changes(tenant, changes):
            return len(changes)
    raise Unavailable("The alarms change too fast to be suppressed. Try again.", retry_after=1)
