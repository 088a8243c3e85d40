"""What documents of work were before: beside each one a document with what its changes replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from web.collection import Collection
from web.stores import documents

MAX_CHANGES, MAX_BYTES = 200, 32 << 10  # of one document: the newest
MAX_DELETED = 200  # documents of a tenant that are gone: those deleted last
BATCH_SIZE = 4_000  # FerretDB reads the whole collection for each
Content = Mapping[str, Any]


class Kept(Protocol):
    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def id(self) -> str: ...

    @property
    def changed(self) -> int: ...


class Deletable(Kept, Protocol):
    @property
    def created(self) -> int: ...

    @property
    def revision(self) -> int: ...


T = TypeVar("T", bound=Kept)
D = TypeVar("D", bound=Deletable)


class Replaced(Struct, frozen=True, kw_only=True):
    """`was`: the members that a change at `until` (epoch ms) replaced, as they were before it."""

    until: int
    was: dict[str, Any]


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """`without`: members whose past is known otherwise. Changes are noted before they are stored, so a killed process
    leaves at most one that says what is still so.
    """

    name: str
    kind: type[T]
    without: frozenset[str] = frozenset()

    def note(self, tenant: TenantConnection, before: T, after: Content, now: int) -> None:
        """Under the lock of what is changed. `after`: the members that are stored."""
        plain = _plain(before)
        was = {name: plain[name] for name in self._members() if name in after and after[name] != plain[name]}
        if was:
            self._append(tenant, before.id, Replaced(until=now, was=was), {})

    def forget(self, tenant: TenantConnection, ids: Iterable[str]) -> None:
        """Can be repeated."""
        documents(tenant).delete_ids(self.name, ids)

    def as_of(self, tenant: TenantConnection, present: Sequence[T], at: int) -> Iterator[T]:
        """Each as it was then. `present` was read before this is called. What was before the oldest change that is
        known is as it was at that.
        """
        for start in range(0, len(present), BATCH_SIZE):
            batch = present[start : start + BATCH_SIZE]
            later = [each.id for each in batch if each.changed > at]
            found = {each["_id"]: _changes(each) for each in documents(tenant).get_many(self.name, later)}
            yield from (self._rewound(each, found.get(each.id, ()), at) for each in batch)

    def _rewound(self, present: T, changes: Sequence[Replaced], at: int) -> T:
        was = rewound({}, changes, at)
        return msgspec.convert(_plain(present) | was, self.kind) if was else present

    def _members(self) -> Iterable[str]:
        return (name for name in self.kind.__struct_fields__ if name not in self.without | _NEVER)

    def _append(self, tenant: TenantConnection, id: str, new: Replaced | None, more: Content) -> None:
        database = documents(tenant)
        with database.exclusive(self.name):
            stored = database.get(self.name, id)
            changes = bounded([*(_changes(stored) if stored else ()), *([new] if new else ())])
            content = {"changes": _plain(changes), **more}
            if stored is None:
                database.insert(self.name, {"_id": id, **content})
            else:
                database.change(self.name, id, lambda document: {**document, **content})


class DeletableHistory(History[D]):
    """Of documents that can be deleted: they are known as of what was before."""

    def note_deletion(self, tenant: TenantConnection, gone: D, now: int) -> list[str]:
        """Under the lock of what is deleted. The ids of what is forgotten instead, as too much was deleted since."""
        database = documents(tenant)
        self._append(tenant, gone.id, None, {"deleted": now, "content": _plain(gone)})
        deleted = database.find(self.name, {"deleted": {"$gt": 0}}, only=("deleted",))
        oldest = sorted(deleted, key=lambda each: each["deleted"])[:-MAX_DELETED]
        forgotten = [str(each["_id"]) for each in oldest]
        database.delete_ids(self.name, forgotten)
        return forgotten

    def all_as_of(self, tenant: TenantConnection, present: Sequence[D], at: int) -> list[D]:
        """Those that there were then, in no particular order. `present` was read before this is called."""
        known = list(self.as_of(tenant, [each for each in present if each.created <= at], at))
        ids = {each.id for each in known}
        deleted = documents(tenant).find(self.name, {"deleted": {"$gt": at}})
        gone = [self._deleted(document, at) for document in deleted if document["_id"] not in ids]
        return known + [each for each in gone if each.created <= at]

    def one_as_of(self, tenant: TenantConnection, collection: Collection[D], id: str, at: int) -> D:
        """Raises NotFound if there was none."""
        try:
            [found] = self.as_of(tenant, [collection.get(tenant, id)], at)
        except NotFound:
            document = documents(tenant).get(self.name, id)
            if document is None or document.get("deleted", 0) <= at:
                raise
            found = self._deleted(document, at)
        if found.created > at:
            raise collection.missing(id)
        return found

    def _deleted(self, document: Mapping[str, Any], at: int) -> D:
        return self._rewound(msgspec.convert(document["content"], self.kind), _changes(document), at)


_NEVER = frozenset(("id", "revision"))


def rewound(present: Content, changes: Sequence[Replaced], at: int) -> dict[str, Any]:
    """The members as they were then. Pure. `changes`: in order of time."""
    was = dict(present)
    for change in reversed(changes):
        if change.until <= at:
            break
        was |= change.was
    return was


def bounded(changes: Sequence[Replaced]) -> Sequence[Replaced]:
    """The newest, as many as are kept. Pure."""
    kept, size = changes[-MAX_CHANGES:], 0
    for count, change in enumerate(reversed(kept)):
        size += len(msgspec.json.encode(change, enc_hook=int))
        if size > MAX_BYTES:
            return kept[len(kept) - count :]
    return kept


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, enc_hook=int)  # the database has integers of its own


def _changes(document: Mapping[str, Any]) -> list[Replaced]:
    return msgspec.convert(document["changes"], list[Replaced])
