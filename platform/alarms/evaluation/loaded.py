"""A tenant's alarms as they are loaded: from compiled rules, and from what Redis knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alarms import states
from alarms.evaluation.alarm import WAKE, Alarm
from alarms.evaluation.bands import MEMORY, Bands
from alarms.evaluation.turn import Events, Suppression
from alarms.machine import due, step
from alarms.machine.model import Disable
from alarms.rules.compiled import CompiledRule
from alarms.rules.conditions import Observation
from alarms.states import Kept, Known
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Step
from stores.redis.latest import Latest
from web.stores import alarms as alarms_store
from web.stores import streams

EXTERNAL = "external"  # alerts of other systems, which have no rule here


@dataclass(frozen=True, slots=True)
class Loaded:
    alarms: Mapping[str, Alarm]
    bands: Bands
    events: Events
    suppression: Suppression

    def last_of(self, alarm: Alarm, heard: Mapping[str, int]) -> int | None:
        """When its target was last heard."""
        target = alarm.rule.target.id
        return heard.get(target) if alarm.hears else self.bands.last_of(target)

    def add_to(self, made: Step, alarm: Alarm, now: int) -> None:
        """What a turn has made of an alarm."""
        if alarm.broken:
            return
        if alarm.has_new_state:
            states.add_change(made, alarm.key, alarm.revision, alarm.kept(), alarm.transitions)
        if alarm.has_new_memory:
            made.seen[MEMORY + alarm.key] = alarm.rule.encode(alarm.memory)
            self.set_wake(made, alarm, now, None if alarm.hears else self.bands.last_of(alarm.rule.target.id))

    def set_wake(self, made: Step, alarm: Alarm, now: int, last: int | None) -> None:
        """One that is too early is set again when it comes."""
        at = alarm.due(now, last)
        if at is not None and (alarm.wake_at is None or at < alarm.wake_at):
            made.timers[states.timer_of(alarm.key, WAKE)] = alarm.wake_at = at

    def renew_timers(self, made: Step, alarm: Alarm, now: int, last: int | None) -> None:
        """After one of them has come."""
        made.timers.setdefault(states.timer_of(alarm.key), due(alarm.rule.settings, alarm.state))
        made.timers[states.timer_of(alarm.key, WAKE)] = alarm.wake_at = alarm.due(now, last)


def load(tenant: TenantConnection, compiled: Sequence[CompiledRule], now: int) -> tuple[Loaded, Step]:
    """With what is to be committed: the beginnings of new alarms, the ends of those that have no rule any more."""
    prefix, made = tenant.prefix, Step()
    _, known = states.read_all(tenant)
    seen, timers = alarms_store().seen(prefix), alarms_store().timers(prefix)
    found: dict[str, Alarm] = {}
    new: list[Alarm] = []
    for rule in compiled:
        packed = seen.get(MEMORY + rule.key)
        memory = rule.decode(packed) if packed is not None else None
        alarm = Alarm(rule, memory if memory is not None else rule.start(now), known.get(rule.key, Known()))
        alarm.wake_at = timers.get(states.timer_of(rule.key, WAKE))
        found[rule.key] = alarm
        if memory is None:
            new.append(alarm)
    loaded = Loaded(found, Bands(found.values(), seen), Events(_counters(found)), Suppression(found.values()))
    _begin(tenant, new, now)
    changed = dict.fromkeys([*new, *loaded.suppression.settle(loaded.suppression.causes, now)])
    for alarm in changed:
        loaded.add_to(made, alarm, now)
        made.seen[MEMORY + alarm.key] = alarm.rule.encode(alarm.memory)
        loaded.set_wake(made, alarm, now, None if alarm.hears else loaded.bands.last_of(alarm.rule.target.id))
    loaded.bands.refresh({loaded.bands.places[sensor] for alarm in changed for sensor in alarm.sensors})
    _end_others(made, found, known, timers, now)
    gone = [name for name in seen if name.startswith(MEMORY) and name.removeprefix(MEMORY) not in found]
    alarms_store().forget_seen(prefix, [*gone, *(name for name in seen if _is_unread(name, loaded.bands))])
    return loaded, made


def _is_unread(name: str, bands: Bands) -> bool:
    return not name.startswith(MEMORY) and name not in bands.places


def _counters(alarms: Mapping[str, Alarm]) -> dict[str, list[Alarm]]:
    counters: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in alarms.values():
        for type_ in alarm.rule.event_types:
            counters[type_].append(alarm)
    return counters


def _begin(tenant: TenantConnection, new: Sequence[Alarm], now: int) -> None:
    """With the latest values, so that a condition which holds already is noticed without another sample."""
    sensors = list(dict.fromkeys(sensor for alarm in new for sensor in alarm.sensors))
    latest = streams().latest.read(tenant.prefix, sensors)
    for alarm in new:
        alarm.attempt(lambda alarm=alarm: _feed_latest(alarm, latest, now))  # type: ignore[misc]


def _feed_latest(alarm: Alarm, latest: Mapping[str, Latest], now: int) -> None:
    by_time: dict[int, list[Observation]] = defaultdict(list)
    for sensor in alarm.sensors:
        if (sample := latest.get(sensor)) is not None and sample.ms <= now:
            by_time[sample.ms].append(Observation(sensor, sample.v, sample.q))
    for t, observed in sorted(by_time.items()):
        alarm.feed(t, observed)


def _end_others(
    made: Step, found: Mapping[str, Alarm], known: Mapping[str, Known], timers: Mapping[str, int], now: int
) -> None:
    for key, each in known.items():
        if key in found or each.kept is None or each.kept.about.target.kind == EXTERNAL:
            continue
        state, added = step(each.kept.settings, each.kept.state, Disable(now))
        states.add_change(made, key, each.revision, Kept(state, each.kept.about, each.kept.settings), added)
    for member in timers:
        key, what = states.parse_timer(member)
        if key not in found and (what == WAKE or key not in known):
            made.timers[member] = None
