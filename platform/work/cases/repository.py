"""Cases in the document database, and a copy of each tenant's in memory, checked against Redis at each use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from catalog.reading import reading
from kernel.errors import Conflict, NotFound
from kernel.ids import CASE, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from stores.redis.changes import ChangeLog
from stores.redis.epochs import Position
from web.stores import documents
from work.cases.models import MAX_CASES, Case
from work.cases.progress import as_of
from work.history import History

CASES: Final = "cases"  # also of the lock and the log
NUMBERS: Final = "case_numbers"
MAX_BYTES = 32 << 20  # of a tenant's cases, as JSON
MAX_KEPT, MAX_KEPT_BYTES = 40_000, 64 << 20  # in the memory of one process
FROM_STEPS = frozenset(("state", "began", "ended", "steps"))  # which are known of any moment
HISTORY: Final = History("case_history", Case, FROM_STEPS)
BYTES = "bytes"  # the member that says what a document has of them
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """All cases of a tenant at one position of their log. Immutable."""

    position: Position
    by_id: Mapping[str, Case]
    sizes: Mapping[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())

    def patched(self, position: Position, ids: Iterable[str], now: Iterable[Document]) -> Kept:
        """With those ids replaced by what they are `now`, or removed."""
        by_id, sizes = dict(self.by_id), dict(self.sizes)
        for id in ids:
            by_id.pop(id, None)
            sizes.pop(id, None)
        for document in now:
            by_id[document["_id"]], sizes[document["_id"]] = _case(document), document.get(BYTES, 0)
        return Kept(position, by_id, sizes)


_kept: OrderedDict[str, Kept] = OrderedDict()
_lock = threading.Lock()


def log_of(tenant: TenantConnection) -> ChangeLog:
    return documents(tenant).log(CASES)


def all_of(tenant: TenantConnection) -> Mapping[str, Case]:
    """By id. One round trip to Redis while nothing has changed, and then only what has is read."""
    return _current(tenant).by_id


def _current(tenant: TenantConnection) -> Kept:
    log = log_of(tenant)
    if (known := _serving(tenant, log.position())) is not None:
        return known
    with reading(documents(tenant), CASES):
        position = log.position()
        if (known := _serving(tenant, position)) is None:
            known = _brought_up(tenant, log, position)
            _keep(tenant, known)
        return known


def all_as_of(tenant: TenantConnection, at: int) -> list[Case]:
    """Those that were open or closed then, as they were."""
    known = [case for case in all_of(tenant).values() if case.steps[0].at <= at]
    return [was for case in HISTORY.as_of(tenant, known, at) if (was := as_of(case, at)) is not None]


def get(tenant: TenantConnection, id: str) -> Case:
    """Raises NotFound."""
    case = all_of(tenant).get(id)
    if case is None:
        raise missing(id)
    return case


def one_as_of(tenant: TenantConnection, case: Case, at: int) -> Case:
    """Raises NotFound if it was not open yet."""
    [known] = HISTORY.as_of(tenant, [case], at)
    if (was := as_of(known, at)) is None:
        raise missing(case.id)
    return was


def missing(id: str) -> NotFound:
    return NotFound(f"There is no case {id[:40]}.", slug="no-such-case")


def insert(tenant: TenantConnection, make: Callable[[int], Content], id: str = "") -> tuple[Case, bool]:
    """`make` gets the case's number. The case, and whether it is new: not if there is one of that `id` already.

    Raises Conflict if they are too many, or too large.
    """
    database = documents(tenant)
    with database.exclusive(CASES):
        if id and (known := database.get(CASES, id)) is not None:  # also one whose process was killed a moment ago
            return _case(known), False
        there, id = _current(tenant), id or new_id(CASE)
        if len(there.by_id) >= MAX_CASES:
            raise Conflict(f"There are {MAX_CASES:,} cases, which is the maximum.", slug="too-many-cases")
        content = make(_next_number(database, there))
        size = _size(content)
        _check_room(there.bytes + size)
        with log_of(tenant).changing([(CASES, id)]):
            return _case(database.insert(CASES, {**content, BYTES: size, "_id": id})), True


def change(tenant: TenantConnection, id: str, revision: int | None, make: Callable[[Case], Content]) -> Case:
    """Raises NotFound, Conflict (the present one as `current`, or too large), and what `make` raises."""
    database = documents(tenant)
    with database.exclusive(CASES):
        if not is_id(id, CASE) or (stored := database.get(CASES, id)) is None:
            raise missing(id)
        before = _case(stored)
        content = make(before)
        if revision is not None and before.revision != revision:
            raise Conflict(
                f"The current revision is {before.revision}, but your change was made from revision {revision}.",
                slug="stale-revision",
                current=before,
            )
        size, before_size = _size(content), stored.get(BYTES, 0)
        if size > before_size:
            _check_room(_current(tenant).bytes + size - before_size)
        HISTORY.note(tenant, before, content, content["changed"])
        with log_of(tenant).changing([(CASES, id)]):
            return _case(database.change(CASES, id, lambda stored: {**stored, **content, BYTES: size}))


def change_many(
    tenant: TenantConnection, is_wanted: Callable[[Case], bool], make: Callable[[Case], Content]
) -> list[str]:
    """The ids of those that were wanted, and so changed. `make`: the members that change, among them `changed`."""
    database = documents(tenant)
    with database.exclusive(CASES):
        wanted = {id: case for id, case in all_of(tenant).items() if is_wanted(case)}
        if wanted:
            new = {id: make(case) for id, case in wanted.items()}
            for id, case in wanted.items():
                HISTORY.note(tenant, case, new[id], new[id]["changed"])
            with log_of(tenant).changing([(CASES, id) for id in wanted]):
                database.bulk_change(CASES, wanted, lambda stored: {**stored, **new[stored["_id"]]})
    return list(wanted)


def delete_where(
    tenant: TenantConnection, is_gone: Callable[[Case], bool], before: Callable[[list[str]], None]
) -> list[str]:
    """The ids of those that were deleted; `before` gets them first."""
    database = documents(tenant)
    with database.exclusive(CASES):
        gone = [id for id, case in all_of(tenant).items() if is_gone(case)]
        if gone:
            before(gone)
            with log_of(tenant).changing([(CASES, id) for id in gone]):
                database.delete_ids(CASES, gone)
            HISTORY.forget(tenant, gone)
    return gone


def _next_number(database: Database, there: Kept) -> int:
    """Stored before the case that gets it: a killed process leaves a gap, and never the same number twice."""
    highest = max((case.number for case in there.by_id.values()), default=0)
    stored = database.get(NUMBERS, CASES)
    if stored is None:
        database.insert(NUMBERS, {"_id": CASES, "last": highest + 1})
        return highest + 1
    number = max(int(stored["last"]), highest) + 1
    database.change(NUMBERS, CASES, lambda document: {**document, "last": number})
    return number


def _check_room(bytes: int) -> None:
    if bytes > MAX_BYTES:
        raise Conflict(f"All cases together may have {MAX_BYTES:,} bytes; shorten one.", slug="cases-full")


def _serving(tenant: TenantConnection, position: Position) -> Kept | None:
    with _lock:
        known = _kept.get(tenant.documents)
        if known is None or known.position.epoch != position.epoch or known.position.number < position.number:
            return None
        _kept.move_to_end(tenant.documents)
        return known


def _brought_up(tenant: TenantConnection, log: ChangeLog, position: Position) -> Kept:
    with _lock:
        known = _kept.get(tenant.documents)
    touched = log.touched_since(known.position) if known is not None else None
    if known is None or touched is None:
        return Kept(position, {}, {}).patched(position, (), documents(tenant).find(CASES))
    ids = [id for _, id in touched]
    return known.patched(position, ids, documents(tenant).get_many(CASES, ids))


def _keep(tenant: TenantConnection, kept: Kept) -> None:
    with _lock:
        _kept[tenant.documents] = kept
        _kept.move_to_end(tenant.documents)
        while len(_kept) > 1 and _is_full():
            _kept.popitem(last=False)


def _is_full() -> bool:
    every = _kept.values()
    return sum(len(each.by_id) for each in every) > MAX_KEPT or sum(each.bytes for each in every) > MAX_KEPT_BYTES


def _size(content: Content) -> int:
    return len(msgspec.json.encode(content, enc_hook=int))  # the database has integers of its own


def _case(document: Document) -> Case:
    return msgspec.convert({**document, "id": document["_id"]}, Case)
