"""The roll-out state machine: what comes next, and that it always terminates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.lifecycle import Plan, Ring, State, Transition
from tenants.rollouts.machine import Gate, MemberSnapshot, MemberState, Move, RolloutState, decide, to_probe

NOW = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)
READY, UPGRADING = Transition(State.ready, Plan.none), Transition(State.upgrading, Plan.upgrade)
GATE = Gate(concurrency=2, soak_s=60)


def seen(
    key: int = 1, state: MemberState = MemberState.waiting, ring: Ring = Ring.canary, **given: object
) -> MemberSnapshot:
    known = {"since": NOW, "transition": READY, "release": "old", "before": "old", **given}
    return MemberSnapshot(key, ring, state, **known)  # type: ignore[arg-type]


def moves(*members: MemberSnapshot, unhealthy: dict[int, str | None] | None = None, **given: object) -> list[Move]:
    known = {"state": RolloutState.running, "ring": Ring.canary, "now": NOW, **given}
    return list(decide(release="new", gate=GATE, members=members, unhealthy=unhealthy or {}, **known).moves)  # type: ignore[arg-type]


def test_only_the_current_ring_starts_upgrades_up_to_the_concurrency() -> None:
    members = [seen(1), seen(2), seen(3), seen(4, ring=Ring.early)]
    assert [(move.key, move.release) for move in moves(*members)] == [(1, "new"), (2, "new")]
    assert moves(
        replace(members[0], state=MemberState.upgrading, release="new", transition=UPGRADING), *members[1:]
    ) == [Move(2, MemberState.upgrading, release="new")]


@pytest.mark.parametrize("state", [RolloutState.paused, RolloutState.stopped, RolloutState.done])
def test_a_paused_roll_out_starts_nothing_and_finishes_running_upgrades(state: RolloutState) -> None:
    under_way = seen(1, MemberState.upgrading, release="new")
    assert moves(under_way, seen(2), state=state) == [Move(1, MemberState.checking)]


@pytest.mark.parametrize(
    ("member", "state", "says"),
    [
        (seen(pinned=True), MemberState.left_out, "pinned"),
        (seen(transition=Transition(State.failed, Plan.provision)), MemberState.left_out, "failed already"),
        (seen(transition=Transition(State.deleting, Plan.delete)), MemberState.left_out, "deleting"),
        (seen(transition=Transition(State.suspended, Plan.none)), MemberState.done, "when resumed"),
        (seen(release="new"), MemberState.checking, ""),
    ],
)
def test_a_tenant_that_cannot_be_upgraded_does_not_block_others(
    member: MemberSnapshot, state: MemberState, says: str
) -> None:
    [move] = moves(member)
    assert move.state is state
    assert says in move.message


def test_a_tenant_that_is_being_provisioned_is_waited_for() -> None:
    provisioning = seen(transition=Transition(State.provisioning, Plan.provision))
    assert moves(provisioning) == []
    [move] = moves(replace(provisioning, since=NOW - timedelta(hours=1)))
    assert move.state is MemberState.left_out


def test_health_is_checked_only_where_it_matters() -> None:
    long_ago = NOW - timedelta(seconds=60)
    members = [
        seen(1, MemberState.checking),
        seen(2, MemberState.soaking),
        seen(3, MemberState.soaking, since=long_ago),
        seen(4),
    ]
    assert to_probe(members, GATE, NOW) == [1, 3]


def test_healthy_for_a_while_is_done() -> None:
    checking, soaking = seen(1, MemberState.checking), seen(1, MemberState.soaking, since=NOW - timedelta(seconds=61))
    assert moves(checking, unhealthy={1: None}) == [Move(1, MemberState.soaking)]
    assert moves(soaking, unhealthy={1: None}) == [Move(1, MemberState.done)]
    assert moves(replace(soaking, since=NOW)) == []


def test_one_that_does_not_become_healthy_in_time_stops_the_roll_out() -> None:
    checking = seen(1, MemberState.checking)
    assert moves(checking, unhealthy={1: "slow"}) == []
    late = replace(checking, since=NOW - timedelta(seconds=301))
    decision = decide(RolloutState.running, Ring.canary, "new", GATE, [late], {1: "slow"}, NOW)
    assert (decision.state, decision.failed) == (RolloutState.stopped, Move(1, MemberState.failed, "slow"))
    soaked = seen(1, MemberState.soaking, since=NOW - timedelta(seconds=61))
    decision = decide(RolloutState.running, Ring.canary, "new", GATE, [soaked], {1: "fell over"}, NOW)
    assert (decision.state, decision.failed) == (RolloutState.stopped, Move(1, MemberState.failed, "fell over"))


def test_a_failed_upgrade_stops_the_roll_out_with_the_tenants_error() -> None:
    failed = seen(
        1, MemberState.upgrading, transition=Transition(State.failed, Plan.upgrade), release="new", error="No image"
    )
    decision = decide(RolloutState.running, Ring.canary, "new", GATE, [failed, seen(2)], {}, NOW)
    assert decision.state is RolloutState.stopped
    assert decision.failed == Move(1, MemberState.failed, "No image")


def test_the_next_ring_starts_when_the_previous_one_is_done() -> None:
    through = [seen(1, MemberState.done), seen(2, MemberState.left_out), seen(3, MemberState.returned)]
    others = [seen(4, ring=Ring.all)]
    decision = decide(RolloutState.running, Ring.canary, "new", GATE, [*through, *others], {}, NOW)
    assert (decision.state, decision.ring) == (RolloutState.running, Ring.all)
    held = decide(RolloutState.running, Ring.canary, "new", GATE, [*through, seen(5, MemberState.soaking)], {}, NOW)
    assert held.ring is Ring.canary
    ended = decide(RolloutState.running, Ring.all, "new", GATE, through, {}, NOW)
    assert ended.state is RolloutState.done


def test_a_rollback_waits_until_the_tenant_is_idle() -> None:
    returning = seen(1, MemberState.returning, release="new", transition=UPGRADING)
    assert moves(returning) == []
    for transition in (READY, Transition(State.failed, Plan.upgrade)):
        assert moves(replace(returning, transition=transition)) == [Move(1, MemberState.returning, release="old")]
    assert moves(replace(returning, transition=UPGRADING, release="old")) == []
    assert moves(replace(returning, transition=READY, release="old")) == [Move(1, MemberState.returned)]


def test_changes_made_by_others_are_respected() -> None:
    [move] = moves(seen(1, MemberState.upgrading, release="another"))
    assert move.state is MemberState.left_out
    assert "changed to another" in move.message


FATES = st.sampled_from(["fine", "pinned", "suspended", "upgrade fails", "never healthy", "falls over", "deleted"])


@given(st.lists(st.tuples(st.sampled_from(list(Ring)), FATES), max_size=12), st.integers(1, 4))
def test_every_roll_out_completes_ring_by_ring(tenants: list[tuple[Ring, str]], concurrency: int) -> None:
    """Simulated with generated tenants; no ring starts before the previous one is done."""
    gate = Gate(concurrency=concurrency, soak_s=1, healthy_within_s=5, upgraded_within_s=50)
    members = {key: seen(key, ring=ring) for key, (ring, _) in enumerate(tenants)}
    fates = {key: fate for key, (_, fate) in enumerate(tenants)}
    for key, fate in fates.items():
        if fate == "pinned":
            members[key] = replace(members[key], pinned=True)
        if fate == "suspended":
            members[key] = replace(members[key], transition=Transition(State.suspended, Plan.none))
    state, ring, now = RolloutState.running, Ring.canary, NOW
    for _ in range(400):
        if state is not RolloutState.running:
            break
        now += timedelta(seconds=1)
        unhealthy = {key: health(fates[key], members[key]) for key in to_probe(list(members.values()), gate, now)}
        decision = decide(state, ring, "new", gate, list(members.values()), unhealthy, now)
        for move in decision.moves:
            before = members[move.key]
            assert before.ring is ring or move.release is None, "another ring's turn"
            after = replace(before, state=move.state, since=now, release=move.release or before.release)
            members[move.key] = upgraded(after, fates[move.key]) if move.state is MemberState.upgrading else after
        busy = [each for each in members.values() if each.state in (MemberState.upgrading, MemberState.checking)]
        assert len(busy) <= concurrency
        state, ring = decision.state, decision.ring
    bad = {"upgrade fails", "never healthy", "falls over"}
    assert state is (RolloutState.stopped if bad & set(fates.values()) else RolloutState.done)
    pinned = [members[key] for key, fate in fates.items() if fate == "pinned"]
    assert {each.release for each in pinned} <= {"old"}


def health(fate: str, member: MemberSnapshot) -> str | None:
    if fate == "never healthy" or (fate == "falls over" and member.state is MemberState.soaking):
        return "It is ill."
    return None


def upgraded(member: MemberSnapshot, fate: str) -> MemberSnapshot:
    ends = {"upgrade fails": Transition(State.failed, Plan.upgrade), "deleted": Transition(State.deleting, Plan.delete)}
    return replace(member, transition=ends.get(fate, READY))
