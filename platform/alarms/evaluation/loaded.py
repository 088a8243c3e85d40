"""A tenant's alarms as they are loaded: from compiled rules, and from what Redis knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from alarms import states
from alarms.about import EXTERNAL
from alarms.evaluation.alarm import WAKE, Alarm
from alarms.evaluation.bands import MEMORY, Bands
from alarms.evaluation.maintenance import Reasons, maintain
from alarms.evaluation.turn import Events, Suppression
from alarms.machine import due, step
from alarms.machine.model import Disable, Sample
from alarms.rules.compiled import CompiledRule
from alarms.rules.conditions import Observation
from alarms.seams import contacts
from alarms.states import Kept, Known
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Step
from stores.redis.latest import Latest
from web.stores import alarms as alarms_store
from web.stores import streams


@dataclass(frozen=True, slots=True)
class Loaded:
    alarms: Mapping[str, Alarm]
    bands: Bands
    events: Events
    suppression: Suppression

    def last_of(self, alarm: Alarm, heard: Mapping[str, int]) -> int | None:
        """When its target was last heard."""
        target = alarm.rule.target.id
        return heard.get(target) if alarm.watches_contact else self.bands.last_of(target)

    def add_to(self, made: Step, alarm: Alarm, now: int) -> None:
        """What a turn has made of an alarm."""
        if alarm.broken:
            return
        if alarm.has_new_state:
            states.add_change(made, alarm.key, alarm.revision, alarm.kept(), alarm.transitions)
        if alarm.has_new_memory:
            made.seen[MEMORY + alarm.key] = alarm.rule.encode(alarm.memory)
            self.set_wake(made, alarm, now, None if alarm.watches_contact else self.bands.last_of(alarm.rule.target.id))

    def set_wake(self, made: Step, alarm: Alarm, now: int, last: int | None) -> None:
        """One that is too early is set again when it comes."""
        at = alarm.due(now, last)
        if at is not None and (alarm.wake_at is None or at < alarm.wake_at):
            made.timers[states.timer_of(alarm.key, WAKE)] = alarm.wake_at = at

    def renew_timers(self, made: Step, alarm: Alarm, now: int, last: int | None) -> None:
        """After one of them has come."""
        made.timers.setdefault(states.timer_of(alarm.key), due(alarm.rule.settings, alarm.state))
        made.timers[states.timer_of(alarm.key, WAKE)] = alarm.wake_at = alarm.due(now, last)


def load(
    tenant: TenantConnection,
    compiled: Sequence[CompiledRule],
    now: int,
    before: Bands | None = None,
    known_events: dict[str, None] | None = None,
    maintained: Reasons | None = None,
) -> tuple[Loaded, Step]:
    """With what is to be committed: the beginnings of new alarms, what follows for others from rules that have changed,
    and the ends of those that have no rule any more. `before`: of the rules until now. `maintained`: None: unknown.
    """
    prefix, made = tenant.prefix, Step()
    _, known = states.read_all(tenant)
    seen, timers = alarms_store().seen(prefix), alarms_store().timers(prefix)
    found, new = dict[str, Alarm](), list[Alarm]()
    for rule in compiled:
        packed = seen.get(MEMORY + rule.key)
        memory = rule.decode(packed) if packed is not None else None
        alarm = Alarm(rule, memory if memory is not None else rule.start(now), known.get(rule.key, Known()))
        alarm.wake_at = timers.get(states.timer_of(rule.key, WAKE))
        found[rule.key] = alarm
        if memory is None:
            new.append(alarm)
    bands = Bands(found.values(), seen)
    if before is not None:
        bands.carry_over(before)
    events = Events(_counters(found), {} if known_events is None else known_events)
    loaded = Loaded(found, bands, events, Suppression(found.values()))
    maintain(found.values(), maintained, now)  # before any is raised, so that nobody is told
    _begin(tenant, loaded, new, now)
    for key, alarm in found.items():
        if alarm.memory.met != alarm.state.met and not alarm.broken:
            alarm.attempt(partial(alarm.reconcile, now))
        if key in known and not alarm.broken:
            timer, settings = timers.get(states.timer_of(key)), alarm.rule.settings
            alarm.outdated = alarm.stored_settings != settings or timer != due(settings, alarm.state)
    loaded.suppression.settle_all(now)
    changed = [alarm for alarm in found.values() if alarm.touched or alarm.outdated]
    for alarm in changed:
        loaded.add_to(made, alarm, now)
    for alarm in new:
        if not alarm.broken:
            made.seen[MEMORY + alarm.key] = alarm.rule.encode(alarm.memory)
            loaded.set_wake(made, alarm, now, None if alarm.watches_contact else bands.last_of(alarm.rule.target.id))
    bands.refresh({bands.places[sensor] for alarm in (*changed, *new) for sensor in alarm.sensors})
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


def _begin(tenant: TenantConnection, loaded: Loaded, new: Sequence[Alarm], now: int) -> None:
    """With the latest values, so that a condition which holds already is noticed without another sample."""
    sensors = list(dict.fromkeys(sensor for alarm in new for sensor in alarm.sensors))
    latest = streams().latest.read(tenant.prefix, sensors)
    observed = {sensor: each for sensor in sensors if (each := _last(sensor, latest, loaded.bands, now)) is not None}
    heard = contacts_of(tenant, [alarm for alarm in new if alarm.watches_contact and alarm.state.met])
    for alarm in new:
        last = loaded.last_of(alarm, heard) if alarm.state.met and alarm.rule.watches_silence else None
        alarm.attempt(partial(_feed_latest, alarm, observed, now, last))


def _last(sensor: str, latest: Mapping[str, Latest], bands: Bands, now: int) -> tuple[int, Observation] | None:
    """The latest value, or what was evaluated since: the writer may wait for its database."""
    sample, seen = latest.get(sensor), bands.seen(sensor)
    if sample is not None and sample.ms > now:
        sample = None
    if seen is not None and seen[1] == seen[1] and (sample is None or seen[0] > sample.ms):
        return seen[0], Observation(sensor, seen[1])
    return None if sample is None else (sample.ms, Observation(sensor, sample.v, sample.q))


def _feed_latest(alarm: Alarm, observed: Mapping[str, tuple[int, Observation]], now: int, last: int | None) -> None:
    """`last`: when the target of an alarm of silence was last heard, which goes on since then."""
    memory, samples = alarm.memory if last is None else alarm.rule.start(last), list[Sample]()
    by_time: dict[int, list[Observation]] = defaultdict(list)
    for t, observation in (observed[sensor] for sensor in alarm.sensors if sensor in observed):
        by_time[t].append(observation)
    for t, together in sorted(by_time.items()):
        memory, made = alarm.rule.feed(memory, t, together)
        samples += made
    memory, made = alarm.rule.wake(memory, now, last)
    alarm.begin_again(memory, [*samples, *made])


def contacts_of(tenant: TenantConnection, alarms: Sequence[Alarm]) -> dict[str, int]:
    """When the devices and sources among their targets were last heard."""
    heard: dict[str, int] = {}
    devices = [alarm.rule.target.id for alarm in alarms if alarm.rule.target.kind == "device"]
    sources = [alarm.rule.target.id for alarm in alarms if alarm.rule.target.kind == "source"]
    if devices:
        heard |= contacts().of_devices(tenant, devices)
    if sources:
        heard |= contacts().of_sources(tenant, sources)
    return heard


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
