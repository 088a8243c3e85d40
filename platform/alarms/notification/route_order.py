"""Routes in the order in which they are looked at, which changes as a whole: what moves is stored in one document
before any route is changed. Whoever reads routes meanwhile, or after a kill, sees that document applied, and whoever
changes one next finishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alarms.notification.models import MAX_ROUTES, Route
from kernel.ids import NOTIFICATION_ROUTE
from kernel.tenancy import TenantConnection
from web.collection import Collection
from web.stores import documents

ROUTES: Collection[Route] = Collection(
    "notification_routes", NOTIFICATION_ROUTE, Route, "notification route", MAX_ROUTES, ("name",)
)
PENDING: Final = "notification_route_order"  # a collection of one document
_ID = "pending"


class Move(Struct, frozen=True):
    """`revision`: of the route that is moved."""

    revision: int
    order: int


class Pending(Struct, frozen=True):
    """Moves by route; none: every route has its place."""

    revision: int = 0
    moves: dict[str, Move] = {}
    changed: int = 0
    changed_by: str = ""


def find(tenant: TenantConnection) -> list[Route]:
    """In no particular order."""
    return _consistent(tenant, lambda: ROUTES.find(tenant))


def get(tenant: TenantConnection, id: str) -> Route:
    """Raises NotFound."""
    [found] = _consistent(tenant, lambda: [ROUTES.get(tenant, id)])
    return found


def move(tenant: TenantConnection, moves: Mapping[str, Move], *, author: str, now: int) -> None:
    """Under the lock of routes, whose revisions have been checked. What is pending must be finished."""
    if moves:
        with ROUTES.log_of(tenant).changing([(ROUTES.name, id) for id in moves]):
            _store(tenant, Pending(moves=dict(moves), changed=now, changed_by=author))
            finish(tenant)


def finish(tenant: TenantConnection) -> None:
    """Under the lock of routes, before one of them is changed. Can be repeated."""
    pending = _pending(tenant)
    if not pending.moves:
        return
    routes = {each.id: each for each in ROUTES.find(tenant)}
    left = {id: each.revision for id, each in routes.items() if _moved(each, pending) is not each}
    by = {"changed": pending.changed, "changed_by": pending.changed_by}
    ROUTES.change_many(tenant, left, lambda before: {**by, "order": pending.moves[before.id].order})
    _store(tenant, Pending())


def _consistent(tenant: TenantConnection, read: Callable[[], list[Route]]) -> list[Route]:
    """As of one order: what is read while that changes is read again."""
    before = _pending(tenant)
    while True:
        routes, after = read(), _pending(tenant)
        if after.revision == before.revision:
            return [_moved(each, after) for each in routes]
        before = after


def _moved(route: Route, pending: Pending) -> Route:
    """The same object if it has its place."""
    move = pending.moves.get(route.id)
    if move is None or move.revision != route.revision:
        return route
    return replace(
        route, order=move.order, revision=route.revision + 1, changed=pending.changed, changed_by=pending.changed_by
    )


def _pending(tenant: TenantConnection) -> Pending:
    stored = documents(tenant).get(PENDING, _ID)
    return msgspec.convert(stored, Pending) if stored else Pending()


def _store(tenant: TenantConnection, pending: Pending) -> None:
    database, content = documents(tenant), msgspec.to_builtins(pending, enc_hook=int)
    del content["revision"]
    with database.exclusive(PENDING):
        if database.get(PENDING, _ID) is None:
            database.insert(PENDING, {"_id": _ID, **content})
        else:
            database.change(PENDING, _ID, lambda stored: {**stored, **content})
