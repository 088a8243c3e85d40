"""The state machine of a roll-out, as pure functions: the next small moves, given a snapshot. Each can be repeated.

A tenant of the ring whose turn it is: waiting > upgrading > checking > soaking > done. A ring is through when all its
tenants are; one that fails stops the roll-out. What was upgraded can go back: returning > returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from tenants.lifecycle import Plan, Ring, State, Transition

RINGS = tuple(Ring)


class RolloutState(StrEnum):
    running = "running"
    paused = "paused"
    stopped = "stopped"  # by a tenant that failed
    done = "done"
    superseded = "superseded"  # by a newer one


class MemberState(StrEnum):
    waiting = "waiting"
    upgrading = "upgrading"
    checking = "checking"
    soaking = "soaking"
    done = "done"
    failed = "failed"
    left_out = "left out"
    returning = "returning"
    returned = "returned"


AT_WORK = (MemberState.upgrading, MemberState.checking, MemberState.soaking, MemberState.returning)
_BUSY = (MemberState.upgrading, MemberState.checking)
THROUGH = (MemberState.done, MemberState.left_out, MemberState.returned)


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tenant must satisfy before its ring counts as healthy."""

    concurrency: int = 5  # tenants that are upgraded at the same time
    upgraded_within_s: int = 1800
    healthy_within_s: int = 300
    soak_s: int = 60  # how long it must stay healthy
    max_lag_s: int = 60  # of accepted samples that are not written yet


DEPRECATED_NAMES = {"at_once": "concurrency", "most_lag_s": "max_lag_s"}  # of the gate's members; removed in 0.3


def read_gate(given: Mapping[str, int]) -> Gate:
    """A stored gate, which may have deprecated names."""
    return msgspec.convert(current_names(given), Gate)


def current_names(given: Mapping[str, int]) -> dict[str, int]:
    return {DEPRECATED_NAMES.get(name, name): value for name, value in given.items()}


def with_deprecated_names(gate: Gate) -> dict[str, int]:
    """As clients read it, who may still use the deprecated names."""
    known: dict[str, int] = msgspec.to_builtins(gate)
    return known | {deprecated: known[name] for deprecated, name in DEPRECATED_NAMES.items()}


@dataclass(frozen=True, slots=True)
class MemberSnapshot:
    """One tenant of a roll-out as it is now. `before`: its previous release; `since`: when its state began."""

    key: int
    ring: Ring
    state: MemberState
    since: datetime
    transition: Transition
    release: str
    before: str
    pinned: bool = False
    error: str = ""

    @property
    def at_rest(self) -> bool:
        return self.transition == Transition(State.ready, Plan.none)


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a member's state; `release`: what its tenant changes to with it."""

    key: int
    state: MemberState
    message: str = ""
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes next: moves of tenants, and the roll-out's own state afterwards. `failed`: the move that stops it."""

    moves: Sequence[Move]
    state: RolloutState
    ring: Ring
    failed: Move | None = None


def to_probe(members: Iterable[MemberSnapshot], gate: Gate, now: datetime) -> list[int]:
    """The members whose health must be known for the next step."""
    return [each.key for each in members if each.state is MemberState.checking or _soaked(each, gate, now)]


def decide(
    state: RolloutState,
    ring: Ring,
    release: str,
    gate: Gate,
    members: Sequence[MemberSnapshot],
    unhealthy: Mapping[int, str | None],
    now: datetime,
) -> Decision:
    """`unhealthy`: of the members named by `to_probe`, why they are not healthy, or None."""
    moves = [move for each in members if (move := _moved(each, release, gate, unhealthy, now))]
    if state is RolloutState.running:
        moves += _start_next(ring, release, gate, members, now)
    after = {each.key: each.state for each in members} | {move.key: move.state for move in moves}
    failed = [move for move in moves if move.state is MemberState.failed]
    if failed and state in (RolloutState.running, RolloutState.paused):
        return Decision(moves, RolloutState.stopped, ring, failed[0])
    if state is not RolloutState.running:
        return Decision(moves, state, ring)
    behind = RINGS[: RINGS.index(ring) + 1]
    if any(after[each.key] not in THROUGH for each in members if each.ring in behind):
        return Decision(moves, state, ring)
    for following in RINGS[RINGS.index(ring) + 1 :]:
        if any(each.ring is following for each in members):
            return Decision(moves, state, following)
    return Decision(moves, RolloutState.done, ring)


def _start_next(ring: Ring, release: str, gate: Gate, members: Sequence[MemberSnapshot], now: datetime) -> list[Move]:
    """Start tenants of the current ring, as many as may run concurrently."""
    free = gate.concurrency - sum(each.state in _BUSY for each in members)
    moves: list[Move] = []
    for each in members:
        if each.ring is not ring or each.state is not MemberState.waiting:
            continue
        move = _first(each, release, gate, now)
        if move is None or (move.state in _BUSY and free <= 0):
            continue
        free -= move.state in _BUSY
        moves.append(move)
    return moves


def _first(member: MemberSnapshot, release: str, gate: Gate, now: datetime) -> Move | None:
    state = member.transition.state
    if member.pinned:
        return Move(member.key, MemberState.left_out, "It is pinned.")
    if member.at_rest:
        if member.release == release:
            return Move(member.key, MemberState.checking)
        return Move(member.key, MemberState.upgrading, release=release)
    if member.transition == Transition(State.suspended, Plan.none):
        return Move(member.key, MemberState.done, "It is suspended; it starts on this when resumed.", release)
    if state is State.failed:
        return Move(member.key, MemberState.left_out, "It had failed already.")
    if _since(member, now) > gate.upgraded_within_s or state is State.deleting:
        return Move(member.key, MemberState.left_out, f"It is {state}.")
    return None


def _moved(
    member: MemberSnapshot, release: str, gate: Gate, unhealthy: Mapping[int, str | None], now: datetime
) -> Move | None:
    match member.state:
        case MemberState.upgrading:
            return _upgraded(member, release, gate, now)
        case MemberState.checking if member.key in unhealthy:
            why = unhealthy[member.key]
            if why is None:
                return Move(member.key, MemberState.soaking)
            if _since(member, now) > gate.healthy_within_s:
                return Move(member.key, MemberState.failed, why)
        case MemberState.soaking if member.key in unhealthy:
            why = unhealthy[member.key]
            return Move(member.key, MemberState.failed if why else MemberState.done, why or "")
        case MemberState.returning:
            return _returned(member)
    return None


def _upgraded(member: MemberSnapshot, release: str, gate: Gate, now: datetime) -> Move | None:
    if member.transition.state is State.deleting:
        return Move(member.key, MemberState.left_out, "It is being deleted.")
    if member.release != release:
        return Move(member.key, MemberState.left_out, f"It was changed to {member.release or 'no release'} meanwhile.")
    if member.transition.state is State.failed:
        return Move(member.key, MemberState.failed, member.error or "Its upgrade failed.")
    if member.at_rest:
        return Move(member.key, MemberState.checking)
    if _since(member, now) > gate.upgraded_within_s:
        return Move(member.key, MemberState.failed, f"It was not upgraded within {gate.upgraded_within_s} s.")
    return None


def _returned(member: MemberSnapshot) -> Move | None:
    """An upgrade in progress finishes first."""
    if member.release == member.before:
        return Move(member.key, MemberState.returned) if member.at_rest else None
    may = member.at_rest or member.transition in (
        Transition(State.failed, Plan.upgrade),
        Transition(State.suspended, Plan.none),
        Transition(State.failed, Plan.provision),
    )
    return Move(member.key, MemberState.returning, release=member.before) if may else None


def _soaked(member: MemberSnapshot, gate: Gate, now: datetime) -> bool:
    return member.state is MemberState.soaking and _since(member, now) >= gate.soak_s


def _since(member: MemberSnapshot, now: datetime) -> float:
    return (now - member.since).total_seconds()
