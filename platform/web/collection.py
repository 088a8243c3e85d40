"""One kind of small documents in a tenant's database: bounded, changed from a revision, with a log of changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from stores.redis.changes import ChangeLog
from web.stores import documents


class Stored(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def revision(self) -> int: ...


T = TypeVar("T", bound=Stored)
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection(Generic[T]):
    """`letter`: of their ids; `noun`: the word in errors; `maximum`: how many a tenant may have. Changes are noted in a
    log, for copies in memory.
    """

    name: str
    letter: str
    kind: type[T]
    noun: str
    maximum: int

    def log_of(self, tenant: TenantConnection) -> ChangeLog:
        return documents(tenant).log(self.name)

    def find(self, tenant: TenantConnection, filter: Mapping[str, Any] | None = None) -> list[T]:
        return [self._read(document) for document in documents(tenant).find(self.name, filter)]

    def get(self, tenant: TenantConnection, id: str) -> T:
        """Raises NotFound."""
        document = documents(tenant).get(self.name, id) if is_id(id, self.letter) else None
        if document is None:
            raise self.missing(id)
        return self._read(document)

    def insert(self, tenant: TenantConnection, make: Callable[[list[T]], Content]) -> T:
        """`make` gets all there are. Raises Conflict if there are too many."""
        database, id = documents(tenant), new_id(self.letter)
        with database.exclusive(self.name):
            there = self.find(tenant)
            if len(there) >= self.maximum:
                raise Conflict(
                    f"There are {self.maximum:,} {self.noun}s already; delete one first.", slug=f"too-many-{self.slug}s"
                )
            content = make(there)
            with self.log_of(tenant).changing([(self.name, id)]):
                return self._read(database.insert(self.name, {**content, "_id": id}))

    def change(
        self,
        tenant: TenantConnection,
        id: str,
        revision: int | None,
        make: Callable[[T], Content],
        shown: Callable[[T], Any] = lambda current: current,
    ) -> T:
        """Raises NotFound, and Conflict with what `shown` makes of the present one as `current`."""
        database = documents(tenant)
        with database.exclusive(self.name):
            before = self.get(tenant, id)
            content = make(before)
            self._check(before, revision, shown)
            with self.log_of(tenant).changing([(self.name, id)]):
                return self._read(database.change(self.name, id, lambda document: {**document, **content}))

    def delete(
        self,
        tenant: TenantConnection,
        id: str,
        revision: int | None,
        allow: Callable[[T], None] = lambda _: None,
        shown: Callable[[T], Any] = lambda current: current,
    ) -> T:
        """`allow` may raise. Raises as `change` does."""
        database = documents(tenant)
        with database.exclusive(self.name):
            gone = self.get(tenant, id)
            allow(gone)
            self._check(gone, revision, shown)
            with self.log_of(tenant).changing([(self.name, id)]):
                database.delete(self.name, id)
        return gone

    def delete_where(self, tenant: TenantConnection, is_gone: Callable[[T], bool]) -> list[T]:
        """Those that were deleted."""
        database = documents(tenant)
        with database.exclusive(self.name):
            gone = [each for each in self.find(tenant) if is_gone(each)]
            if gone:
                with self.log_of(tenant).changing(None):
                    database.delete_ids(self.name, [each.id for each in gone])
        return gone

    @property
    def slug(self) -> str:
        return self.noun.replace(" ", "-")

    def missing(self, id: str) -> NotFound:
        return NotFound(f"There is no {self.noun} {id[:40]}.")

    def _check(self, stored: T, revision: int | None, shown: Callable[[T], Any]) -> None:
        if revision is not None and stored.revision != revision:
            raise Conflict(
                f"The current revision is {stored.revision}, but your change was made from revision {revision}.",
                slug="stale-revision",
                current=shown(stored),
            )

    def _read(self, document: Document) -> T:
        return msgspec.convert({**document, "id": document["_id"]}, self.kind)
