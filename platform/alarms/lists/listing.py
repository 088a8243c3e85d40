"""The list of alarms at a moment: which there are, in which order, and what follows from what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct

from alarms.about import About
from alarms.journal.sentences import sentence
from alarms.lists.causes import Raised, causes, consequences
from alarms.lists.feeding import Feeding
from alarms.lists.floods import current_flood
from alarms.lists.models import Alarm, AlarmCause, AlarmCounts, AlarmFlood, AlarmShelf
from alarms.machine.model import Condition, State
from catalog.models import Sensor
from catalog.snapshot import Snapshot

_feedings: WeakKeyDictionary[Snapshot, Feeding] = WeakKeyDictionary()
_presented: dict[str, tuple[Listed, Sensor | None, Listed | None, int, Alarm]] = {}
MAX_PRESENTED = 50_000
_HEARD = (Condition.UNACKNOWLEDGED, Condition.RETURNED)


class Listed(Struct, frozen=True, gc=False):
    """An alarm that is not plainly normal."""

    key: str
    state: State
    about: About
    revision: int = 0

    @property
    def is_active(self) -> bool:
        """Needs a person: neither shelved, suppressed nor out of service."""
        return self.state.condition is not Condition.NORMAL and self.state.annunciated


@dataclass(frozen=True, slots=True)
class Filters:
    """Ids; `words` in lower case. Empty: any."""

    site: str = ""
    assets: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arranged:
    """Everything that fits the filters and the view, in order. `order`: each alarm's place, for cursors."""

    listed: list[Listed]
    order: dict[str, str]
    counts: AlarmCounts
    flood: AlarmFlood | None
    sort: str
    causes: Mapping[str, str]
    consequences: Mapping[str, int]
    by_key: Mapping[str, Listed]


_VIEWS: Mapping[str, Callable[[Listed], bool]] = {
    "active": lambda alarm: alarm.is_active,
    "shelved": lambda alarm: alarm.state.shelf is not None,
    "suppressed": lambda alarm: bool(alarm.state.suppressed),
    "out_of_service": lambda alarm: bool(alarm.state.out_of_service),
    "all": lambda alarm: True,
}


def arrange(
    alarms: Sequence[Listed],
    catalog: Snapshot,
    filters: Filters,
    view: str,
    sort: str | None,
    at: int,
    raised_before: Sequence[tuple[int, str]] = (),
) -> Arranged:
    """Causes are of all active alarms, and the flood of all that were raised, also those that are normal again:
    whatever is filtered, but for the site. `raised_before`: when (epoch ms, in order), and at which site. `sort` None:
    by cause in a flood, else by priority.
    """
    active = [alarm for alarm in alarms if alarm.is_active]
    raised = [
        Raised(alarm.state.raised, alarm.key, alarm.about.asset.id)
        for alarm in active
        if alarm.about.asset is not None and alarm.state.raised is not None
    ]
    found = causes(raised, _feeding_of(catalog)) if len(raised) > 1 else {}
    flood = _flood(raised_before, filters.site, at)
    fitting = [alarm for alarm in alarms if fits(alarm.about, filters)]
    shown = list(filter(_VIEWS[view], fitting))
    sort = sort or ("cause" if flood else "priority")
    by_key = {alarm.key: alarm for alarm in alarms}
    order = _order(shown, sort, found, by_key)
    shown.sort(key=lambda alarm: order[alarm.key])
    return Arranged(shown, order, _counts(fitting), flood, sort, found, consequences(found), by_key)


def fits(about: About, filters: Filters) -> bool:
    if filters.site and about.site != filters.site:
        return False
    if filters.assets and (about.asset is None or about.asset.id not in filters.assets):
        return False
    if filters.priorities and about.priority not in filters.priorities:
        return False
    if filters.words:
        asset = about.asset
        text = f"{about.name} {about.level} {about.target.tag} {about.target.name}"
        text = f"{text} {asset.tag} {asset.name}".casefold() if asset else text.casefold()
        return all(word in text for word in filters.words)
    return True


def presented(alarm: Listed, arranged: Arranged, catalog: Snapshot) -> Alarm:
    """As the last time if nothing that it is made of is another object."""
    sensor = catalog.sensors.get(alarm.about.target.id)
    cause = arranged.by_key.get(arranged.causes.get(alarm.key, ""))
    count = arranged.consequences.get(alarm.key, 0)
    known = _presented.get(alarm.key)
    if known is not None and known[0] is alarm and known[1] is sensor and known[2] is cause and known[3] == count:
        return known[4]
    made = _made(alarm, sensor.states if sensor else {}, cause, count)
    if alarm.revision:  # of now: those of a past moment are made once
        if len(_presented) >= MAX_PRESENTED:
            _presented.clear()
        _presented[alarm.key] = (alarm, sensor, cause, count, made)
    return made


def _made(alarm: Listed, states: Mapping[str, str], cause: Listed | None, consequences: int) -> Alarm:
    state, about = alarm.state, alarm.about
    condition: Any = state.condition.value
    verdict: Any = state.verdict or None
    return Alarm(
        key=alarm.key,
        rule=about.rule,
        rule_version=state.rule_version,
        name=about.name,
        level=about.level,
        priority=about.priority,
        kind=about.kind,
        site=about.site,
        target=about.target,
        asset=about.asset,
        condition=condition,
        raised=state.raised,
        returned=state.returned,
        acknowledged=state.acknowledged,
        acknowledged_by=state.acknowledged_by,
        note=state.note,
        verdict=verdict,
        value=state.value,
        limit=state.limit,
        unit=about.target.unit,
        text=sentence(about, state.value, state.limit, states),
        shelf=AlarmShelf(until=state.shelf.until, reason=state.shelf.reason, by=state.shelf.by)
        if state.shelf
        else None,
        suppressed=list(state.suppressed),
        out_of_service=state.out_of_service,
        cause=AlarmCause(key=cause.key, name=cause.about.name, asset=cause.about.asset) if cause else None,
        consequences=consequences,
        revision=alarm.revision,
    )


def _feeding_of(catalog: Snapshot) -> Feeding:
    """Kept as long as the catalog is as it is."""
    feeding = _feedings.get(catalog)
    if feeding is None:
        feeding = _feedings[catalog] = Feeding(catalog.connections.values())
    return feeding


def _counts(alarms: Sequence[Listed]) -> AlarmCounts:
    active = [alarm for alarm in alarms if alarm.is_active]
    by_priority = [0, 0, 0, 0]
    for alarm in active:
        by_priority[alarm.about.priority - 1] += 1
    return AlarmCounts(
        active=len(active),
        unacknowledged=sum(alarm.state.condition in _HEARD for alarm in active),
        shelved=sum(alarm.state.shelf is not None for alarm in alarms),
        suppressed=sum(bool(alarm.state.suppressed) for alarm in alarms),
        out_of_service=sum(bool(alarm.state.out_of_service) for alarm in alarms),
        by_priority=by_priority,
    )


def _flood(raised: Sequence[tuple[int, str]], site: str, at: int) -> AlarmFlood | None:
    """Of the site, if the list is of one: an operator's flood is not another's."""
    flood = current_flood([t for t, where in raised if not site or where == site], at)
    return AlarmFlood(since=flood.start, count=flood.raised) if flood else None


def _order(
    shown: Sequence[Listed], sort: str, found: Mapping[str, str], by_key: Mapping[str, Listed]
) -> dict[str, str]:
    """By key a unique text to sort by; cursors name it, so a page stays right while alarms come and go."""
    match sort:
        case "raised":
            return {alarm.key: f"{_newest(alarm)} {alarm.key}" for alarm in shown}
        case "tag":
            return {alarm.key: f"{alarm.about.target.tag.casefold()}\x1f{alarm.key}" for alarm in shown}
        case "cause":
            return {alarm.key: _by_cause(alarm, found, by_key) for alarm in shown}
        case _:
            return {alarm.key: f"{_by_priority(alarm)} {alarm.key}" for alarm in shown}


def _by_priority(alarm: Listed) -> str:
    """Priority, then what is not acknowledged, then the newest."""
    return f"{alarm.about.priority}{0 if alarm.state.condition in _HEARD else 1}{_newest(alarm)}"


def _by_cause(alarm: Listed, found: Mapping[str, str], by_key: Mapping[str, Listed]) -> str:
    """Consequences follow their cause, in the order in which they were raised."""
    cause = found.get(alarm.key)
    if cause is None:
        return f"{_by_priority(alarm)} {alarm.key} 0"
    return f"{_by_priority(by_key[cause])} {cause} 1{alarm.state.raised or 0:016d} {alarm.key}"


def _newest(alarm: Listed) -> str:
    return f"{10**15 - (alarm.state.raised or 0):016d}"
