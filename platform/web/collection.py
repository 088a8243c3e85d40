"""One kind of small documents in a tenant's database: bounded, changed from a revision, with a log of changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
Head = Mapping[str, Any]  # some members of a document
MAX_BYTES = 16 << 20  # of all documents of a collection, as JSON: they are read together
SIZE = "bytes"  # the member that says what a document has of them


@dataclass(frozen=True, slots=True)
class Collection(Generic[T]):
    """`id_kind`: of their ids; `noun`: the word in errors; `maximum`, `max_bytes`: how many a tenant may have, and how
    large they may be together; `head`: members that say whether there may be one more. Changes are noted in a log, for
    copies in memory.
    """

    name: str
    id_kind: str
    kind: type[T]
    noun: str
    maximum: int
    head: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES

    def log_of(self, tenant: TenantConnection) -> ChangeLog:
        return documents(tenant).log(self.name)

    def find(self, tenant: TenantConnection, filter: Mapping[str, Any] | None = None) -> list[T]:
        return [self._read(document) for document in documents(tenant).find(self.name, filter)]

    def get(self, tenant: TenantConnection, id: str) -> T:
        """Raises NotFound."""
        return self._read(self._document(tenant, id))

    def heads(self, tenant: TenantConnection) -> Sequence[Head]:
        """The members `head` of each, and no more of it."""
        return documents(tenant).find(self.name, only=(*self.head, SIZE))

    def insert(self, tenant: TenantConnection, make: Callable[[Sequence[Head]], Content]) -> T:
        """`make` gets the heads of those there are. Raises Conflict if they are too many, or too large."""
        database, id = documents(tenant), new_id(self.id_kind)
        with database.exclusive(self.name):
            there = self.heads(tenant)
            if len(there) >= self.maximum:
                raise Conflict(
                    f"There are {self.maximum:,} {self.noun}s already; delete one first.", slug=f"too-many-{self.slug}s"
                )
            content = make(there)
            size = _size(content)
            self._check_room(there, size)
            with self.log_of(tenant).changing([(self.name, id)]):
                return self._read(database.insert(self.name, {**content, SIZE: size, "_id": id}))

    def change(
        self,
        tenant: TenantConnection,
        id: str,
        revision: int | None,
        make: Callable[[T], Content],
        shown: Callable[[T], Any] = lambda current: current,
        bounded: bool = True,
        noted: Callable[[T, Content], None] = lambda _, __: None,
    ) -> T:
        """Raises NotFound; Conflict with what `shown` makes of the present one as `current`, or if all are too large.

        `make` is called under the lock; what it raises comes before an outdated revision. Not `bounded`: a mark that
        makes it hardly larger. `noted` gets the present one and what it is to be, just before that is stored.
        """
        database = documents(tenant)
        with database.exclusive(self.name):
            stored = self._document(tenant, id)
            before = self._read(stored)
            content = make(before)
            self._check(before, revision, shown)
            after = {**stored, **content}
            size = after[SIZE] = _size({name: value for name, value in after.items() if name not in _OWN})
            if bounded and size > (before_size := stored.get(SIZE, 0)):
                self._check_room(self.heads(tenant), size - before_size)
            noted(before, content)
            with self.log_of(tenant).changing([(self.name, id)]):
                return self._read(database.change(self.name, id, lambda document: {**document, **content, SIZE: size}))

    def change_many(
        self, tenant: TenantConnection, revisions: Mapping[str, int], make: Callable[[T], Content]
    ) -> list[T]:
        """None of them if one is missing (NotFound) or has another revision (Conflict). `make` gives marks that make
        them hardly larger.
        """
        database = documents(tenant)
        with database.exclusive(self.name):
            stored = {document["_id"]: document for document in database.get_many(self.name, revisions)}
            changed: list[Document] = []
            for id, revision in revisions.items():
                if id not in stored:
                    raise self.missing(id)
                before = self._read(stored[id])
                self._check(before, revision, lambda current: current)
                changed.append({**stored[id], **make(before)})
            with self.log_of(tenant).changing([(self.name, id) for id in revisions]):
                return [self._read(document) for document in database.replace_many(self.name, changed)]

    def delete(
        self,
        tenant: TenantConnection,
        id: str,
        revision: int | None,
        allow: Callable[[T], None] = lambda _: None,
        shown: Callable[[T], Any] = lambda current: current,
        noted: Callable[[T], None] = lambda _: None,
    ) -> T:
        """`allow` may raise; `noted` gets the present one just before it is deleted. Raises as `change` does."""
        database = documents(tenant)
        with database.exclusive(self.name):
            gone = self.get(tenant, id)
            allow(gone)
            self._check(gone, revision, shown)
            noted(gone)
            with self.log_of(tenant).changing([(self.name, id)]):
                database.delete(self.name, id)
        return gone

    def delete_where(
        self,
        tenant: TenantConnection,
        is_gone: Callable[[T], bool],
        before: Callable[[list[T]], None] = lambda _: None,
    ) -> list[T]:
        """Those that were deleted; `before` gets them first."""
        database = documents(tenant)
        with database.exclusive(self.name):
            gone = [each for each in self.find(tenant) if is_gone(each)]
            if gone:
                before(gone)
                with self.log_of(tenant).changing(None):
                    database.delete_ids(self.name, [each.id for each in gone])
        return gone

    @property
    def slug(self) -> str:
        return self.noun.replace(" ", "-")

    def missing(self, id: str) -> NotFound:
        return NotFound(f"There is no {self.noun} {id[:40]}.")

    def _document(self, tenant: TenantConnection, id: str) -> Document:
        document = documents(tenant).get(self.name, id) if is_id(id, self.id_kind) else None
        if document is None:
            raise self.missing(id)
        return document

    def _check_room(self, there: Sequence[Head], more: int) -> None:
        if sum(head.get(SIZE, 0) for head in there) + more > self.max_bytes:
            raise Conflict(
                f"All {self.noun}s together may have {self.max_bytes:,} bytes; delete one, or make this one smaller.",
                slug=f"{self.slug}s-full",
            )

    def _check(self, stored: T, revision: int | None, shown: Callable[[T], Any]) -> None:
        if revision is not None and stored.revision != revision:
            raise Conflict(
                f"The current revision is {stored.revision}, but your change was made from revision {revision}.",
                slug="stale-revision",
                current=shown(stored),
            )

    def _read(self, document: Document) -> T:
        return msgspec.convert({**document, "id": document["_id"]}, self.kind)


_OWN = ("_id", "revision", "schema", SIZE)  # members that are not content


def _size(content: Content) -> int:
    return len(msgspec.json.encode(content, enc_hook=int))  # the database has integers of its own
