"""A tenant's whole catalog in memory, so that no query waits for the document database.

Each use compares one number in Redis (0.1 ms) and reads again only what changed; a change that was acknowledged, by
whichever process, is always seen.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from catalog import document_migrations, journal
from catalog.indexes import Indexes, Kept, Kept1
from catalog.kinds import KINDS
from catalog.models import Area, Asset, Connection, Model, Sensor, SeriesKey, Site
from catalog.reading import forget, reading
from catalog.sizes import MAX_DOCUMENT_BYTES, total_size
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.redis.changes import ChangeLog, Guard
from stores.redis.epochs import Position
from stores.redis.questions import Question
from web.stores import ask, documents

MAX_TENANTS = 50  # in one process,
MAX_DOCUMENTS, MAX_BYTES = 100_000, 64 << 20  # of all tenants together, but for the tenant that was used last
SCOPE = "catalog"  # of the lock that writers hold, and of the log


class Snapshot:
    """The catalog at one position of its log. Immutable; mappings are by id. `bytes`: of all documents, as JSON."""

    def __init__(self, position: Position, kept: Kept, bytes: int = 0) -> None:
        self.position = position
        self.kept = kept
        self.bytes = bytes
        self.indexes = Indexes(kept)

    @property
    def sites(self) -> Mapping[str, Site]:
        return cast(Mapping[str, Site], self.kept["sites"])

    @property
    def areas(self) -> Mapping[str, Area]:
        return cast(Mapping[str, Area], self.kept["areas"])

    @property
    def assets(self) -> Mapping[str, Asset]:
        return cast(Mapping[str, Asset], self.kept["assets"])

    @property
    def sensors(self) -> Mapping[str, Sensor]:
        return cast(Mapping[str, Sensor], self.kept["sensors"])

    @property
    def connections(self) -> Mapping[str, Connection]:
        return cast(Mapping[str, Connection], self.kept["connections"])

    @property
    def documents(self) -> int:
        return sum(map(len, self.kept.values()))

    def site(self, id_or_slug: str) -> Site | None:
        return self.sites.get(id_or_slug) or cast(Site | None, self.named("sites", id_or_slug))

    def area(self, site_id: str, id_or_name: str) -> Area | None:
        return cast(Area | None, self._at(site_id, "areas", id_or_name))

    def asset(self, site_id: str, id_or_tag: str) -> Asset | None:
        return cast(Asset | None, self._at(site_id, "assets", id_or_tag))

    def sensor(self, site_id: str, id_or_tag: str) -> Sensor | None:
        return cast(Sensor | None, self._at(site_id, "sensors", id_or_tag))

    def of_series(self, key: SeriesKey) -> Sensor | None:
        """The sensor that was created from the series."""
        id = self.indexes.by_series().get(key)
        return self.sensors[id] if id is not None else None

    def named(self, kind: str, *key: str) -> Model | None:
        """By natural key: `named("sensors", site_id, tag)`."""
        id = self.indexes.by_key(kind).get(key)
        return self.kept[kind][id] if id is not None else None

    def ordered(self, kind: str) -> Sequence[tuple[str, Model]]:
        """All of a kind with unique keys to sort by, as people sort tags: TT-2 before TT-10."""
        return self.indexes.ordered(kind)

    def haystack(self, kind: str) -> Mapping[str, str]:
        """Per id the lower-case text that a search looks at."""
        return self.indexes.haystack(kind)

    def _at(self, site_id: str, kind: str, id_or_name: str) -> Model | None:
        by_id = self.kept[kind].get(id_or_name)
        if by_id is not None and by_id.site == site_id:  # type: ignore[union-attr]
            return by_id
        return self.named(kind, site_id, id_or_name)


# This process's snapshots

_snapshots: OrderedDict[str, Snapshot] = OrderedDict()
_guard = threading.Lock()


def log_of(database: Database) -> ChangeLog:
    return database.log(SCOPE)


def snapshot_of(tenant: TenantConnection) -> Snapshot:
    """The tenant's catalog as of now. Unavailable if Redis or (when something changed) the documents do not answer."""
    database = documents(tenant)
    log = log_of(database)
    position = log.position()
    known = _known(database.name)
    if known is not None and _serves(known, position):
        return known
    journal.settle(tenant, wait_s=0)
    with reading(database, SCOPE):
        position = log.position()
        known = _known(database.name)
        if known is None or not _serves(known, position):
            known = _brought_up(database, log, known, position)
            _keep(database.name, known)
        return known


def snapshot_and_answers(
    tenant: TenantConnection, ask_for: Callable[[Snapshot], Sequence[Question]]
) -> tuple[Snapshot, list[list[Any]]]:
    """The catalog as of now, and Redis's answers to questions that depend on it: mostly in one round trip."""
    database = documents(tenant)
    doing = "reading the catalog's position"
    known = _known(database.name)
    if known is not None:
        log = log_of(database)
        with suppress(BadRequest, NotFound):  # `known` may be old: what it does not have may exist
            replies, *answers = ask([log.question, *ask_for(known)], doing)
            position = log.answer(replies)
            if position is not None and _serves(known, position):
                return known, answers
    snapshot = snapshot_of(tenant)
    wanted = ask_for(snapshot)
    return snapshot, ask(wanted, doing) if wanted else []


def guarded_snapshot(tenant: TenantConnection) -> tuple[Snapshot, Guard]:
    """The tenant's catalog as of now, and what holds while no change of it has been finished since."""
    snapshot = snapshot_of(tenant)
    return snapshot, log_of(documents(tenant)).guard(snapshot.position)


def known_snapshot(tenant: TenantConnection) -> tuple[Snapshot, Guard] | None:
    """What this process knows of the catalog already, which may be old, and what holds while it is not."""
    database = documents(tenant)
    known = _known(database.name)
    return (known, log_of(database).guard(known.position)) if known is not None else None


def _serves(snapshot: Snapshot, position: Position) -> bool:
    return snapshot.position.epoch == position.epoch and snapshot.position.number >= position.number


def _brought_up(database: Database, log: ChangeLog, known: Snapshot | None, position: Position) -> Snapshot:
    touched = log.touched_since(known.position) if known is not None else None
    if known is None or touched is None:
        kept = {name: _read(name, database.find(name, document_bytes=MAX_DOCUMENT_BYTES)) for name in KINDS}
        return Snapshot(position, kept, sum(total_size(models.values()) for models in kept.values()))
    ids: dict[str, list[str]] = defaultdict(list)
    for name, id in touched:
        ids[name].append(id)
    again = {
        name: (wanted, _read(name, database.get_many(name, wanted, MAX_DOCUMENT_BYTES))) for name, wanted in ids.items()
    }
    return patched(known, position, again)


def patched(known: Snapshot, position: Position, again: Mapping[str, tuple[Iterable[str], Kept1]]) -> Snapshot:
    """`known` with some ids of some kinds replaced by their current documents, or removed if they no longer exist."""
    kept, size = dict(known.kept), known.bytes
    for name, (ids, now) in again.items():
        size += total_size(now.values()) - total_size(kept[name][id] for id in {*ids, *now} if id in kept[name])
        models = {**kept[name], **now}
        for id in ids:
            if id not in now:
                models.pop(id, None)
        kept[name] = models
    snapshot = Snapshot(position, kept, size)
    snapshot.indexes.take_over(known.indexes, {name: {*ids, *now} for name, (ids, now) in again.items()})
    return snapshot


def take_over(database: Database, kind: str, ids: Iterable[str], now: Kept1) -> None:
    """After a change of our own, under the lock still: this process's copy has it without reading."""
    known, position = _known(database.name), log_of(database).position()
    only_ours = known is not None and Position(known.position.epoch, known.position.number + 2) == position
    if known is not None and only_ours:
        _keep(database.name, patched(known, position, {kind: (ids, now)}))


def _read(name: str, found: Iterable[dict[str, object]]) -> dict[str, Model]:
    kind = KINDS[name]
    models = (kind.of_document(document_migrations.current(name, document)) for document in found)
    return {model.id: model for model in models}


def _known(name: str) -> Snapshot | None:
    with _guard:
        snapshot = _snapshots.get(name)
        if snapshot is not None:
            _snapshots.move_to_end(name)
        return snapshot


def _keep(name: str, snapshot: Snapshot) -> None:
    with _guard:
        _snapshots[name] = snapshot
        _snapshots.move_to_end(name)
        while len(_snapshots) > 1 and _too_many():
            oldest, _ = _snapshots.popitem(last=False)
            forget(oldest)


def _too_many() -> bool:
    kept = _snapshots.values()
    return (
        len(kept) > MAX_TENANTS
        or sum(snapshot.documents for snapshot in kept) > MAX_DOCUMENTS
        or sum(snapshot.bytes for snapshot in kept) > MAX_BYTES
    )
