"""Alarms that are plainly normal, of which only their rules know."""

from __future__ import annotations

from collections.abc import Iterable

from alarms.machine.model import State
from alarms.rules import repository
from alarms.rules.compiling import compile_rule
from alarms.rules.errors import InvalidRule
from alarms.rules.repository import content_of
from alarms.rules.targets import Scope
from alarms.states import Kept
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection

MAX_RULES = 50


def normal_alarms(tenant: TenantConnection, keys: Iterable[str]) -> dict[str, Kept]:
    """By key, those of enabled rules at targets that they have now; of the first 50 rules that are named."""
    wanted = set(keys)
    rules = {key.partition(":")[0] for key in wanted}
    scope, found = Scope.of(tenant), dict[str, Kept]()
    for id in sorted(rules)[:MAX_RULES]:
        try:
            rule = repository.get(tenant, id)
            compiled = compile_rule(scope, id, rule.version, content_of(rule), rule.priority, rule.suppressed_by)
        except (NotFound, InvalidRule):
            continue
        if rule.enabled:
            found |= {
                each.key: Kept(State(), each.about, each.settings) for each in compiled.rules if each.key in wanted
            }
    return found
