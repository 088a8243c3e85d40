"""One tenant's document database.

MongoDB in production; the embedded FerretDB has the same protocol. We use only what FerretDB does well: equality on
`_id`, `insert_many`, unique indexes, at most 50 updates per command, a timeout on every call. Only its inserts are
atomic, so documents are changed through `change` or `replace_many`, under a lock in Redis.
"""

from __future__ import annotations

import atexit
import copy
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from kernel.errors import Conflict, NotFound, Unavailable
from stores.documents import dumping
from stores.documents.errors import is_time_out, mongo_errors, raise_write_errors
from stores.documents.packing import packed, unpacked
from stores.documents.share import DocumentShare
from stores.redis.changes import ChangeLog
from stores.redis.locks import WAIT_S, ReentrantLock
from stores.redis.open_plans import OpenPlans
from stores.redis.pending import Pending

Document = dict[str, Any]
Change = Callable[[Document], Document]

MAX_PER_COMMAND = 50  # FerretDB hangs at more than 100 updates in one command
LOAD_BATCH_SIZE = 500  # documents in one insert
MAX_BATCH = 5_000  # documents in one answer
MAX_REPLY_BYTES = 45_000_000  # PyMongo refuses a message of more than 48 MB
USUAL_DOCUMENT_BYTES = 4 << 20
LARGEST_DOCUMENT_BYTES = 8 << 20  # a drawing's body
MAX_SINGLE_READS = 100  # FerretDB answers `_id = x` by an index, `_id in [...]` by reading the whole collection
TIMEOUT_MS = 10_000  # shorter than a lock lasts


class Database:
    """Documents carry `_id`, `revision` (1 when new, incremented by each change) and `schema` (version of its form).

    Every method raises Unavailable if the database or Redis does not answer in time.
    """

    def __init__(self, uri: str, name: str, locks: str) -> None:
        self.name = name
        self._uri, self._locks = uri, locks
        self._share = DocumentShare(name, locks)
        self._prefix = f"pt:{name.removeprefix('plantrace_')}:"  # of the disk: documents outlive a tenant on it

    # Reading

    def ping(self) -> None:
        with mongo_errors("admin"):
            self._client().admin.command("ping")

    def get(self, collection: str, id: str) -> Document | None:
        with self._call(collection):
            found = self._collection(collection).find_one({"_id": id})
        return unpacked(found) if found is not None else None

    def get_many(
        self, collection: str, ids: Iterable[str], document_bytes: int = USUAL_DOCUMENT_BYTES
    ) -> list[Document]:
        """Those that exist, in no particular order."""
        wanted = list(dict.fromkeys(ids))
        if self._is_ferretdb() and len(wanted) <= MAX_SINGLE_READS:
            return [found for id in wanted if (found := self.get(collection, id)) is not None]
        return self.find(collection, {"_id": {"$in": wanted}}, document_bytes=document_bytes) if wanted else []

    def find(
        self,
        collection: str,
        filter: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] | None = None,
        skip: int = 0,
        limit: int = 0,
        without: Sequence[str] = (),
        document_bytes: int = USUAL_DOCUMENT_BYTES,
        only: Sequence[str] = (),
    ) -> list[Document]:
        """`without`: members that are left out, such as `report.rows`; or `only`: all that are read, with the id, none
        of them packed. `document_bytes`: what one may hold at most, for they come in batches that must fit into a
        message.

        FerretDB reads the whole collection (0.1 ms per document) whatever the filter: for small or rare reads.
        """
        members = dict.fromkeys(only, 1) or dict.fromkeys(without, 0) or None
        with self._call(collection):
            size = self._batch_size(document_bytes)
            cursor = self._collection(collection).find(filter or {}, members, skip, limit, batch_size=size)
            return [unpacked(document) for document in (cursor.sort(list(sort)) if sort else cursor)]

    def count(self, collection: str, filter: Mapping[str, Any] | None = None) -> int:
        with self._call(collection):
            return int(self._client()[self.name].command("count", collection, query=filter or {})["n"])

    def collections(self) -> list[str]:
        with self._call(self.name):
            return sorted(self._client()[self.name].list_collection_names())

    # Writing

    def insert(self, collection: str, document: Document) -> Document:
        """Atomic. Conflict if the `_id`, or the key of a unique index, exists already."""
        document = {"revision": 1, "schema": 1, **document}
        with self._call(collection):
            self._collection(collection).insert_one(packed(document))
        return document

    def insert_many(self, collection: str, documents: Iterable[Document]) -> int:
        """One command: some thousands are well within its timeout.

        Conflict if the key of one exists already; the others are stored nevertheless.
        """
        new = [packed({"revision": 1, "schema": 1, **document}) for document in documents]
        with self._call(collection):
            if new:
                self._collection(collection).insert_many(new, ordered=False)
        return len(new)

    def change(self, collection: str, id: str, fn: Change, revision: int | None = None) -> Document:
        """The only way to change a document: `fn` gets a copy and returns what to store; if that is equal, nothing is.

        NotFound if it does not exist; Conflict, with the document as `current`, if its revision is not `revision`.
        """
        with self.exclusive(collection) as lock:
            before = self._current(collection, id, revision)
            after = {**fn(copy.deepcopy(before)), "_id": id, "revision": before["revision"]}
            if after == before:
                return before
            lock.check()
            return self._replace(collection, after)[0]

    def bulk_change(self, collection: str, ids: Iterable[str], fn: Change) -> int:
        """Apply `fn` to each existing one, 50 per command, releasing the lock in between. Returns how many changed."""
        wanted, changed = list(ids), 0
        for start in range(0, len(wanted), MAX_PER_COMMAND):
            with self.exclusive(collection):
                before = self.get_many(collection, wanted[start : start + MAX_PER_COMMAND])
                after = [{**fn(copy.deepcopy(document)), "_id": document["_id"]} for document in before]
                changed += len(self.replace_many(collection, [b for a, b in zip(before, after, strict=True) if a != b]))
        return changed

    def replace_many(self, collection: str, documents: Sequence[Document]) -> list[Document]:
        """Store changed documents, each with the revision it was read at, 50 per command. Returns them as stored.

        The caller has read them under the lock that it still holds. Conflict if one was deleted or (MongoDB) changed.
        """
        stored: list[Document] = []
        for start in range(0, len(documents), MAX_PER_COMMAND):
            stored += self._replace(collection, *documents[start : start + MAX_PER_COMMAND])
        return stored

    def delete(self, collection: str, id: str, revision: int | None = None) -> Document:
        """The deleted document. NotFound, Conflict as for `change`."""
        with self.exclusive(collection) as lock:
            before = self._current(collection, id, revision)
            lock.check()
            with self._call(collection):
                self._collection(collection).delete_one({"_id": id})
            return before

    def delete_ids(self, collection: str, ids: Iterable[str]) -> int:
        """Delete those that exist, 50 per command. Returns how many did."""
        wanted, deleted = list(ids), 0
        for start in range(0, len(wanted), MAX_PER_COMMAND):
            deletes = [{"q": {"_id": id}, "limit": 1} for id in wanted[start : start + MAX_PER_COMMAND]]
            with self._call(collection):
                response = self._client()[self.name].command("delete", collection, deletes=deletes, ordered=False)
            raise_write_errors(collection, response)
            deleted += response["n"]
        return deleted

    def delete_many(self, collection: str, filter: Mapping[str, Any]) -> int:
        """One command, for which FerretDB reads the whole collection. Returns how many were deleted."""
        with self._call(collection):
            return self._collection(collection).delete_many(filter).deleted_count

    # The whole

    def dump(
        self, collection: str, filter: Mapping[str, Any] | None = None, without: Sequence[str] = ()
    ) -> Iterator[bytes]:
        """A collection's documents as BSON, in pieces for `load`. `filter`, `without`: as in `find`."""
        left_out = dict.fromkeys(without, 0) or None
        size = self._batch_size(LARGEST_DOCUMENT_BYTES)
        return dumping.dump(self._collection(collection), filter or {}, left_out, size)

    def load(self, collection: str, pieces: Iterable[bytes], adapt: dumping.Adapt | None = None) -> int:
        """Load the output of `dump` into an empty collection, unchanged or as `adapt` makes it (None: left out).

        Returns the number of documents.
        """
        return dumping.load(self._collection(collection), pieces, LOAD_BATCH_SIZE, adapt)

    @contextmanager
    def exclusive(self, scope: str, wait_s: float = WAIT_S) -> Iterator[ReentrantLock]:
        """Hold this tenant's lock named `scope` (a collection's name, for its changes); `check` it before each write.

        Unavailable (`lock-busy`) if another holds it for longer than `wait_s`.
        """
        lock = ReentrantLock(self._locks, f"{self._prefix}lock:{scope}", wait_s=wait_s, on_wait=self._share.hold)
        with lock.held():
            yield lock

    def hold(self) -> None:
        """Before a request waits for long for another that reads this tenant's documents. Raises DocumentsBusy."""
        self._share.hold()

    def log(self, scope: str) -> ChangeLog:
        """The log of changes of a set of documents that processes keep copies of."""
        return ChangeLog(self._locks, f"{self._prefix}changes:{scope}:")

    def open_plans(self, kind: str = "plans") -> OpenPlans:
        """Changes of several documents that have begun."""
        return OpenPlans(self._locks, self._prefix, kind)

    def ensure_index(self, collection: str, *fields: str, unique: bool = False) -> None:
        """Ensure a compound index, ascending."""
        with self._call(collection):
            self._collection(collection).create_index(
                [(field, 1) for field in fields], unique=unique, name="_".join(fields)
            )

    def pending(self, name: str) -> Pending:
        """Open work of all tenants, for the workers that finish it."""
        return Pending(self._locks, name)

    def drop(self) -> None:
        """Ensure that the database does not exist."""
        with self._call(self.name):
            self._client().drop_database(self.name)

    def clear(self) -> None:
        """Delete every collection. A tenant's own user may do that, and not drop the database."""
        for collection in self.collections():
            with mongo_errors(self.name):
                self._client()[self.name].drop_collection(collection)

    def _current(self, collection: str, id: str, revision: int | None) -> Document:
        current = self.get(collection, id)
        if current is None:
            raise NotFound(f"There is no {id} in “{collection}”.")
        if revision is not None and current["revision"] != revision:
            raise Conflict(
                f"This is revision {current['revision']}; your change was made from revision {revision}.",
                slug="stale-revision",
                current=current,
            )
        return current

    def _replace(self, collection: str, *documents: Document) -> list[Document]:
        if not documents:
            return []
        after = [{**document, "revision": document["revision"] + 1} for document in documents]
        updates = [{"q": self._filter_of(old), "u": packed(new)} for old, new in zip(documents, after, strict=True)]
        with self._call(collection):  # not bulk_write: it fails on FerretDB's answer to a failed update
            response = self._client()[self.name].command("update", collection, updates=updates, ordered=False)
        raise_write_errors(collection, response)
        if response["n"] != len(documents):
            raise Conflict("Somebody else changed or deleted one of these in the meantime.", slug="stale-revision")
        return after

    def _filter_of(self, document: Document) -> dict[str, Any]:
        """The filter of an update. FerretDB compares and writes in two steps (only our lock helps there), and takes ten
        times as long for more than `_id`.
        """
        if self._is_ferretdb():
            return {"_id": document["_id"]}
        return {"_id": document["_id"], "revision": document["revision"]}

    def _batch_size(self, document_bytes: int) -> int:
        """Documents in one message. MongoDB ends a batch at 16 MB; FerretDB counts documents only."""
        return max(1, MAX_REPLY_BYTES // document_bytes) if self._is_ferretdb() else MAX_BATCH

    def _collection(self, name: str) -> Collection[Document]:
        return self._client()[self.name][name]

    @contextmanager
    def _call(self, collection: str) -> Iterator[None]:
        """Around one command: in its tenant's share, and with its errors translated."""
        with self._share.call():
            try:
                with mongo_errors(collection):
                    yield
            except Unavailable as error:
                if is_time_out(error):
                    self._share.timed_out()
                raise

    def _client(self) -> MongoClient[Document]:
        return _client(self._uri, os.getpid())

    def _is_ferretdb(self) -> bool:
        with mongo_errors("admin"):
            return _is_ferret(self._uri, os.getpid())


@lru_cache(maxsize=8)
def _client(uri: str, process: int) -> MongoClient[Document]:
    """One client per process: it must not cross a fork."""
    client: MongoClient[Document] = MongoClient(
        uri,
        retryWrites=False,  # FerretDB has none; under the lock repeating a write is the caller's decision
        retryReads=True,
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=2000,
        socketTimeoutMS=TIMEOUT_MS,
        waitQueueTimeoutMS=5000,
        maxPoolSize=20,
        tz_aware=True,
    )
    atexit.register(client.close)
    return client


@lru_cache(maxsize=8)
def _is_ferret(uri: str, process: int) -> bool:
    return "ferretdbVersion" in _client(uri, process).admin.command("buildInfo")
