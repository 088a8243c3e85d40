"""Operations that saved views and dashboards have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from kernel.errors import Forbidden
from kernel.tenancy import TenantConnection
from web.caller import Caller
from web.collection import Collection, Content, Head
from web.stores import documents
from workspace.announce import Kind, announce_shared
from workspace.owned.ownership import Owned, check_number, is_visible


class Given(Protocol):
    """As sent. `default`: no other of the same people is."""

    @property
    def shared(self) -> bool: ...

    @property
    def default(self) -> bool: ...


class Kept(Owned, Protocol):
    """As stored."""

    @property
    def id(self) -> str: ...

    @property
    def revision(self) -> int: ...

    @property
    def default(self) -> bool: ...


G = TypeVar("G", bound=Given)
S = TypeVar("S", bound=Kept)
P = TypeVar("P")
Check = Callable[[TenantConnection, Caller, G, S | None], Content]


@dataclass(frozen=True, slots=True)
class OwnedKind(Generic[G, S, P]):
    """`name`: as announced. `check`: the content's fields as stored, from what was sent and what was before; may raise.
    `public`: what the caller gets of a stored one. `default_in`: the members that those have in common of which one is
    the default.
    """

    name: Kind
    collection: Collection[S]
    check: Check[G, S]
    public: Callable[[S, Caller], P]
    default_in: tuple[str, ...] = ()

    def visible(self, tenant: TenantConnection, caller: Caller) -> list[S]:
        """The shared ones and the caller's own."""
        return [each for each in self.collection.find(tenant) if is_visible(each, caller)]

    def get(self, tenant: TenantConnection, caller: Caller, id: str) -> S:
        """Raises NotFound, also for somebody else's own."""
        found = self.collection.get(tenant, id)
        self._check_right(caller, found)
        return found

    def create(self, tenant: TenantConnection, caller: Caller, content: G, now: int) -> P:
        """Raises BadRequest, Forbidden, Conflict (too many)."""
        fields = self.check(tenant, caller, content, None)
        by = {"owner": caller.user_id, "author": caller.username, "created": now, "changed": now}

        def make(there: Sequence[Head]) -> Content:
            if not content.shared:
                check_number(caller, there, self.collection.noun)
            return {**fields, **by, "changed_by": caller.username}

        with documents(tenant).exclusive(self.collection.name):
            made = self.collection.insert(tenant, make)
            self._end_other_defaults(tenant, made)
        announce_shared(tenant, self.name, made.id, made)
        return self.public(made, caller)

    def change(
        self, tenant: TenantConnection, caller: Caller, id: str, content: G, revision: int, now: int
    ) -> tuple[S, P]:
        """As it was and as it is. Raises NotFound, BadRequest, Forbidden, Conflict (the present one as `current`)."""
        was: list[S] = []

        def make(before: S) -> Content:
            self._check_right(caller, before)
            was[:] = [before]
            fields = self.check(tenant, caller, content, before)
            if before.shared and not content.shared:
                if before.owner != caller.user_id:
                    raise Forbidden("Only its owner may take it back; save one of your own instead.")
                check_number(caller, self.collection.heads(tenant), self.collection.noun)
            return {**fields, "changed": now, "changed_by": caller.username}

        with documents(tenant).exclusive(self.collection.name):
            after = self.collection.change(tenant, id, revision, make, self._shown_to(caller))
            self._end_other_defaults(tenant, after)
        announce_shared(tenant, self.name, id, *was, after)
        return was[0], self.public(after, caller)

    def delete(self, tenant: TenantConnection, caller: Caller, id: str, revision: int | None) -> S:
        """Raises NotFound, Conflict (the present one as `current`)."""
        shown = self._shown_to(caller)
        gone = self.collection.delete(tenant, id, revision, partial(self._check_right, caller), shown)
        announce_shared(tenant, self.name, id, gone)
        return gone

    def _shown_to(self, caller: Caller) -> Callable[[S], P]:
        return lambda stored: self.public(stored, caller)

    def _check_right(self, caller: Caller, stored: S) -> None:
        """Raises NotFound for somebody else's own."""
        if not is_visible(stored, caller):
            raise self.collection.missing(stored.id)

    def _end_other_defaults(self, tenant: TenantConnection, new: S) -> None:
        """Under the lock: no other of the same people is the default."""
        if not new.default:
            return
        same: dict[str, Any] = {name: getattr(new, name) for name in self.default_in}
        for other in self.collection.find(tenant, {**same, "default": True}):
            alike = other.shared if new.shared else not other.shared and other.owner == new.owner
            if alike and other.id != new.id:
                self.collection.change(tenant, other.id, None, lambda _: {"default": False}, bounded=False)
