"""Deliveries that have ended are kept for a while; those that wait always."""

from __future__ import annotations

from alarms.notification import retention
from kernel.times import DAY
from stores.redis.deliveries import Moved
from tests.alarms.notification.world import T, World
from web.stores import deliveries


def _add(world: World, ids: list[str], created: int, ended: bool) -> None:
    prefix = world.tenant.prefix
    position, _ = deliveries().entries(prefix, 1)
    actions = [("d", id, str(created), "{}", "{}") for id in ids]
    assert (
        deliveries().apply(prefix, Moved(position, f"{int(position.split('-')[0] or 0) + 1}-1"), actions, 10)[0] == "ok"
    )
    for id in ids if ended else ():
        assert deliveries().finish(prefix, id, b"{}", b'{"ended":1}', b"{}", [])


def _kept(world: World) -> set[str]:
    return {each.id for _, each in deliveries().page(world.tenant.prefix, None, 10_000)}


def test_after_thirty_days_what_has_ended_goes_and_what_waits_stays(world: World) -> None:
    old = T - 30 * DAY - 1
    _add(world, ["old", "older"], old, True)
    _add(world, ["waits"], old, False)
    _add(world, ["new"], T, True)
    assert retention.purge(world.tenant, T) == 2
    assert _kept(world) == {"waits", "new"}
    assert retention.purge(world.tenant, T) == 0


def test_of_too_many_the_oldest_go(world: World) -> None:
    many = [f"{n:05}" for n in range(retention.MAX_KEPT + 5)]
    for start in range(0, len(many), 2_000):
        _add(world, many[start : start + 2_000], T + start, True)
    assert retention.purge(world.tenant, T) == 5
    assert len(_kept(world)) == retention.MAX_KEPT
