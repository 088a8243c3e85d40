"""Alarms as they are kept in Redis, and how they change: by the evaluator, and by people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from alarms.about import About
from alarms.machine import due
from alarms.machine.model import Settings, State, Transition
from kernel.errors import NotFound, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Committed, NewState, Passed, Step, StoredState
from stores.redis.errors import FULL_RETRY_S
from web import stream
from web.stores import alarms

log = logging.getLogger(__name__)

ROOM, MIN_ROOM = (
    1 / 8,
    10_000,
)  # for what people do, beside as many samples as may wait: the share of them, and a weight
ALARM = ""  # what a timer is for: the end of a delay or a shelf; others are the evaluator's


class Kept(Struct, frozen=True, gc=False):
    """An alarm that is not plainly normal, with what its rule said when it last changed. Lists have thousands of these
    and of what is in them, which Python's garbage collector would go through again and again: none is in a cycle.
    """

    state: State
    about: About
    settings: Settings = Settings()


class Added(Struct, frozen=True, gc=False):
    """A transition on its way to the journal, where it gets its number."""

    key: str
    transition: Transition
    about: About


class Known(Struct, frozen=True, gc=False):
    """An alarm as read from Redis; `kept` None: plainly normal."""

    revision: int = 0
    kept: Kept | None = None

    @property
    def state(self) -> State:
        return self.kept.state if self.kept else State()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Kept)
_json = msgspec.json.Encoder()
added_of = msgspec.json.Decoder(Added).decode


def read(tenant: TenantConnection, keys: Sequence[str]) -> dict[str, Known]:
    """Of each of the keys. Raises Unavailable."""
    stored = alarms().states(tenant.prefix, keys)
    return {key: known_of(stored[key]) if key in stored else Known() for key in keys}


def known_of(stored: StoredState) -> Known:
    """What cannot be read is plainly normal, so that it stops nobody."""
    try:
        return Known(stored.revision, _decoder.decode(stored.payload))
    except msgspec.MsgspecError as error:
        log.error("an alarm's state cannot be read: %s", error)
        return Known(stored.revision)


def read_all(tenant: TenantConnection) -> tuple[int, dict[str, Known]]:
    """All that are not plainly normal, by key, and the number of the last transition of any. Raises Unavailable."""
    number, stored = alarms().all_states(tenant.prefix)
    return number, {key: known_of(each) for key, each in stored.items()}


def add_change(
    step: Step, key: str, revision: int, kept: Kept, transitions: Sequence[Transition], timed: bool = True
) -> None:
    """That the alarm, read at that revision, is so now. `timed`: set its timer, too, or remove it."""
    payload = None if kept.state.plain else _encoder.encode(kept)
    step.states.append(NewState(key, revision, payload))
    if timed:
        step.timers[timer_of(key)] = due(kept.settings, kept.state)
    add_transitions(step, key, kept.about, transitions)


def add_transitions(step: Step, key: str, about: About, transitions: Sequence[Transition]) -> None:
    """To the journal; what was raised now, and people are told of, counts for floods."""
    step.transitions += (_json.encode(Added(key, each, about)) for each in transitions)
    step.raised += ((each.t, about.site) for each in transitions if each.tells)


def commit(
    tenant: TenantConnection,
    step: Step,
    passed: Passed | None = None,
    leased: bool = False,
    bounded: bool = False,
) -> Committed:
    """All of the step or nothing, as `Alarms.commit`; the live stream is told if there are transitions. `bounded`:
    Unavailable if more waits than may, where samples leave some room.
    """
    limit = tenant.limits.stream_length
    max_waiting = limit + max(MIN_ROOM, int(limit * ROOM)) if bounded else None
    done = alarms().commit(tenant.prefix, step, passed, leased, max_waiting)
    if done.outcome == "full":
        raise Unavailable(
            "Too much of this tenant is waiting for its database, and no more is accepted until it is stored. "
            "Send the same request again later.",
            slug="backlog-full",
            retry_after=FULL_RETRY_S,
        )
    if done.outcome == "ok" and step.transitions:
        stream.publish(tenant, stream.ALARMS)
    return done


def commit_changes(
    tenant: TenantConnection, changes: Mapping[str, tuple[int, Kept, Sequence[Transition]]]
) -> Sequence[str]:
    """By key: the revision that was read, the alarm as it is now, its transitions. The keys of those that somebody else
    has changed since they were read; then nothing is done. NotFound if the tenant is gone.
    """
    step = Step()
    for key, (revision, kept, transitions) in changes.items():
        add_change(step, key, revision, kept, transitions)
    done = commit(tenant, step, bounded=True)
    if done.outcome == "gone":
        raise NotFound("This tenant is being deleted.")
    if done.outcome not in ("ok", "changed"):
        raise Unavailable("The alarms could not be changed. Try again.")
    return done.changed


def timer_of(key: str, what: str = ALARM) -> str:
    return f"{key}|{what}"


def parse_timer(member: str) -> tuple[str, str]:
    """Key and what it is for."""
    key, _, what = member.rpartition("|")
    return key, what
