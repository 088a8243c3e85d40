"""Compiles rules at their targets, and finds what is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alarms.about import About, AlarmAsset
from alarms.machine.model import Settings
from alarms.rules.arming import Arming, Hours
from alarms.rules.compiled import CompiledRule
from alarms.rules.conditions.several import ExpressionCondition
from alarms.rules.errors import InvalidRule, Problem, invalid
from alarms.rules.models import Armed, Limit, Override, Priority, RuleContent
from alarms.rules.targets import Scope, Target, resolve
from alarms.rules.triggers import condition_of, formula_of, ms

MAX_PROBLEMS = 100
DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Compiled:
    """`problems`: why some targets of the rule are not watched."""

    rules: list[CompiledRule]
    problems: list[Problem]


def compile_rule(
    scope: Scope,
    id: str,
    version: int,
    content: RuleContent,
    priority: Priority,
    suppressed_by: Sequence[str] = (),
) -> Compiled:
    """The rule at all its targets. Raises InvalidRule for what is wrong whatever the targets."""
    _check_content(content)
    targets, problems = resolve(scope, content.applies)
    compiled = []
    for target in targets:
        try:
            effective = overridden(content, target)
            if effective is not None:
                compiled.append(_at(scope, id, version, effective, priority, target, suppressed_by))
        except InvalidRule as error:
            problems += [Problem(each.field, _at_target(target, each.message)) for each in error.problems]
        if len(problems) >= MAX_PROBLEMS:
            break
    problems += _unknown_overrides(content, targets)
    return Compiled(compiled, problems)


def overridden(content: RuleContent, target: Target) -> RuleContent | None:
    """The rule as it is at a target: an override of the target counts more than one of its asset. None: not there."""
    of_asset = [each for each in content.overrides if each.target in target.asset_names]
    own = [each for each in content.overrides if each.target in target.names - target.asset_names]
    for each in (*of_asset, *own):
        if not each.enabled:
            return None
        content = _with(content, each)
    return content


def _with(content: RuleContent, override: Override) -> RuleContent:
    if override.trigger is not None:
        content = replace(content, trigger=override.trigger)
    if override.on_delay_s is not None:
        content = replace(content, on_delay_s=override.on_delay_s)
    if override.off_delay_s is not None:
        content = replace(content, off_delay_s=override.off_delay_s)
    return content


def _check_content(content: RuleContent) -> None:
    problems = [
        Problem(f"overrides[{place}].trigger", "is of another kind than the rule's; create a separate rule for it.")
        for place, each in enumerate(content.overrides)
        if each.trigger is not None and type(each.trigger) is not type(content.trigger)
    ]
    problems += [
        Problem(field, "must be a finite number.")
        for field in ("on_delay_s", "off_delay_s")
        if not math.isfinite(getattr(content, field))
    ]
    schedule = content.armed.schedule if content.armed else None
    if schedule is not None and schedule.start == schedule.until and len(set(schedule.days)) < DAYS_OF_WEEK:
        problems.append(Problem("armed.schedule.until", "is the start: for whole days write 00:00 and 24:00."))
    if problems:
        raise InvalidRule(problems)


def _unknown_overrides(content: RuleContent, targets: Sequence[Target]) -> list[Problem]:
    known = {name for target in targets for name in target.names}
    return [
        Problem(
            f"overrides[{place}].target", f"names {each.target[:80]}, which is not a target or an asset of the rule."
        )
        for place, each in enumerate(content.overrides)
        if each.target not in known
    ]


def _at_target(target: Target, message: str) -> str:
    return f"{message} (at {target.about.tag or target.about.id})"


def _at(
    scope: Scope,
    id: str,
    version: int,
    content: RuleContent,
    priority: Priority,
    target: Target,
    suppressed_by: Sequence[str],
) -> CompiledRule:
    trigger, asset = content.trigger, target.asset
    level = trigger.level if isinstance(trigger, Limit) else ""
    kind = str(trigger.__struct_config__.tag)
    about = About(
        rule=id,
        name=content.name,
        level=level,
        priority=priority,
        kind=kind,
        site=target.site,
        target=target.about,
        asset=AlarmAsset(id=asset.id, tag=asset.tag, name=asset.name) if asset else None,
    )
    return CompiledRule(
        rule=id,
        kind=kind,
        target=target.about,
        asset=asset.id if asset else "",
        settings=Settings(ms(content.on_delay_s), ms(content.off_delay_s), content.latching, version),
        condition=condition_of(scope, target, trigger),
        armed=_arming(scope, target, content.armed),
        about=about,
        suppressed_by=tuple(suppressed_by),
    )


def _arming(scope: Scope, target: Target, armed: Armed | None) -> Arming | None:
    if armed is None or (armed.expression is None and armed.schedule is None):
        return None
    expression = None
    if armed.expression is not None:
        expression = ExpressionCondition(formula_of(scope, target, armed.expression, "armed.expression"))
    hours = None
    if armed.schedule is not None:
        site = scope.snapshot.sites.get(target.site)
        if site is None:
            raise invalid("armed.schedule", "needs a site, whose time zone applies: the target belongs to none.")
        hours = Hours(armed.schedule, site.timezone)
    return Arming(expression, ms(armed.delay_s), hours)
