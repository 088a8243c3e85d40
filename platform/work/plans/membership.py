"""What a plan is for, and was for at a past moment. Pure; times in epoch ms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from work.fields import PlantObject
from work.plans.models import MAX_MEMBERS, MAX_MEMBERS_BYTES, MemberKind, PlanMember, PlanMembers
from work.plans.targets import Target, by_tag


def members_of(targets: Sequence[Target], now: int) -> list[PlanMember]:
    """As many as are kept: assets first, devices last."""
    made = [_member("asset", each.asset, each, now) for each in targets]
    made += [_member("sensor", each.sensor, each, now) for each in targets if each.sensor]
    made += [_member("device", one, each, now) for each in targets for one in each.devices]
    return list(_fitting(made))


def digest_of(present: Iterable[PlanMember]) -> str:
    identities = sorted(_identity(each) for each in present)
    return hashlib.sha256(msgspec.json.encode(identities)).hexdigest()


def compared(known: PlanMembers | None, present: Sequence[PlanMember], now: int) -> PlanMembers:
    """`known` and what has joined and left by `now`. Of those that left the last ones are kept."""
    there = {_identity(each): each for each in present}
    before = known.members if known else []
    staying = {_identity(each): each for each in before if each.left is None and _identity(each) in there}
    former = [
        each if each.left is not None else replace(each, left=max(now, each.joined))
        for each in before
        if _identity(each) not in staying or each.left is not None
    ]
    former.sort(key=_left, reverse=True)
    kept = list(_fitting(former))
    since = max([known.since if known else now, *map(_left, former[len(kept) :])])
    new = [staying.get(identity, each) for identity, each in there.items()]
    return PlanMembers(since=since, members=kept[::-1] + new, digest=digest_of(present))


def as_of(members: Iterable[PlanMember], at: int) -> list[Target]:
    """What it was for then, by tag."""
    then = [each for each in members if each.joined <= at and (each.left is None or at < each.left)]
    sensors = {each.asset: _object(each) for each in then if each.kind == "sensor"}
    devices: dict[str, list[PlantObject]] = {}
    for each in sorted(then, key=lambda each: (each.name, each.id)):
        if each.kind == "device":
            devices.setdefault(each.asset, []).append(_object(each))
    assets = (each for each in then if each.kind == "asset")
    found = [Target(_object(each), each.site, sensors.get(each.id), devices.get(each.id, [])) for each in assets]
    return sorted(found, key=lambda target: by_tag(target.asset))


def _fitting(members: Iterable[PlanMember]) -> Iterator[PlanMember]:
    """The first of them, as many as are kept."""
    size = 0
    for count, each in enumerate(members):
        size += len(msgspec.json.encode(each))
        if count == MAX_MEMBERS or size > MAX_MEMBERS_BYTES:
            return
        yield each


def _identity(member: PlanMember) -> tuple[str, ...]:
    return member.kind, member.asset, member.id, member.site, member.tag, member.name


def _left(member: PlanMember) -> int:
    return member.left or 0


def _member(kind: MemberKind, one: PlantObject, target: Target, now: int) -> PlanMember:
    return PlanMember(
        kind=kind, id=one.id, asset=target.asset.id, site=target.site, tag=one.tag, name=one.name, joined=now
    )


def _object(member: PlanMember) -> PlantObject:
    return PlantObject(id=member.id, tag=member.tag, name=member.name)
