"""What changes a catalog. Every function holds the tenant's catalog lock while it decides and writes.

Callers in the process may use these directly; they raise what the HTTP API answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from catalog import journal, removals
from catalog import plan as plans
from catalog.capacity import require_capacity
from catalog.dependents import Dependents, dependents_of
from catalog.errors import AlreadyExists, InUse, StaleRevision
from catalog.history import History, apply_history
from catalog.kinds import AREAS, ASSETS, CONNECTIONS, KINDS, SENSORS, SITES, CatalogKind
from catalog.models import Model
from catalog.signals import removing
from catalog.snapshot import SCOPE, Snapshot, log_of, snapshot_of, take_over
from catalog.validation_error import ValidationError, validation_failed
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from stores.documents.database import MAX_PER_COMMAND
from web.stores import documents

BATCH_SIZE = 5000  # documents that one command inserts or deletes well within its time-out
Progress = Callable[[int, int], None]  # done, total


class BulkResult(Struct, frozen=True):
    """`ids` by natural key: slug, name or tag; `source > target` (`: medium`) for connections.

    Where the items are of several sites, each key has its site's slug and a slash in front.
    """

    created: int
    updated: int
    unchanged: int
    ids: dict[str, str]


@dataclass(slots=True)
class Writing:
    """A catalog that nobody else can change until the block ends."""

    database: Database
    snapshot: Snapshot


@contextmanager
def open_for_writing(tenant: TenantConnection) -> Iterator[Writing]:
    database = documents(tenant)
    journal.settle(tenant)
    with database.exclusive(SCOPE):
        yield Writing(database, snapshot_of(tenant))


def create(tenant: TenantConnection, kind: CatalogKind, item: Mapping[str, Any]) -> Model:
    """Conflict, with the existing document as `current`, if one has the same natural key."""
    with open_for_writing(tenant) as writing:
        planned = plans.plan_create(kind, item, writing.snapshot, tenant.limits.sensors)
        if isinstance(planned, tuple):
            raise AlreadyExists(f"This {kind.singular} already exists: {planned[0].id}.", current=planned[0])
        require_capacity(tenant, writing.snapshot, [planned])
        insert(writing.database, kind, [planned])
    return planned


def change(
    tenant: TenantConnection,
    kind: CatalogKind,
    id: str,
    patch: Mapping[str, Any],
    revision: int,
    whole: bool = False,
    history: History = History.refuse,
) -> tuple[Model, Model]:
    """(before, after). `whole` replaces the document: fields that the patch lacks go back to their defaults.

    Conflict, with the document as `current`, if its revision is no longer `revision`; HasSamples.
    """
    with open_for_writing(tenant) as writing:
        before = found(writing.snapshot, kind, id)
        id = before.id  # a site may be named by its slug
        if before.revision != revision:
            raise stale(before, revision)
        after = plans.plan_change(kind, before, patch, writing.snapshot, whole)
        if after == before:
            return before, before
        named = set(after.__struct_fields__) if whole else patch.keys()
        [(_, after)] = apply_history(tenant, [(before, after)], history, {id: named})
        require_capacity(tenant, writing.snapshot, changed=[(before, after)])
        with writing.database.exclusive(SCOPE) as lock, log_of(writing.database).changing([(kind.name, id)]):
            lock.check()
            try:
                stored = writing.database.change(kind.name, id, lambda _: kind.document_of(after), revision)
            except Conflict as conflict:
                if current := conflict.extra.get("current"):
                    raise StaleRevision(conflict.detail, current=kind.of_document(current)) from None
                raise
        after = kind.of_document(stored)
        take_over(writing.database, kind.name, [id], {id: after})
    return before, after


def name_sensors(tenant: TenantConnection, items: Sequence[Mapping[str, Any]]) -> list[Model]:
    """Change sensors by id, all of them or none, so that they are no longer unmapped. Returns them as they are then.

    BadRequest lists every error; NotFound, StaleRevision, HasSamples for the first.
    """
    if errors := [error for index, item in enumerate(items) for error in _errors_of_reference(index, item)]:
        raise validation_failed(errors, len(items), single=False)
    with open_for_writing(tenant) as writing:
        before = [found(writing.snapshot, SENSORS, item["id"]) for item in items]
        if len({model.id for model in before}) < len(before):
            raise BadRequest("A sensor is named twice.", slug="invalid", field="items")
        for model, item in zip(before, items, strict=True):
            if item.get("revision", model.revision) != model.revision:
                raise stale(model, item["revision"])
        patches = [{"unmapped": False, **item} for item in items]
        after = plans.plan_changes(SENSORS, list(zip(before, patches, strict=True)), writing.snapshot)
        named = {model.id: item.keys() for model, item in zip(before, items, strict=True)}
        changed = apply_history(tenant, list(zip(before, after, strict=True)), History.refuse, named)
        require_capacity(tenant, writing.snapshot, changed=changed)
        _replace(writing.database, SENSORS, changed)
        now = snapshot_of(tenant).sensors
    return [now[model.id] for model in before]


def _errors_of_reference(index: int, item: Mapping[str, Any]) -> Iterator[ValidationError]:
    """What is wrong with how an item names a document and its state."""
    if not isinstance(id := item.get("id"), str) or not id:
        yield ValidationError(index, "id", "is missing: the id of a sensor.")
    if not isinstance(revision := item.get("revision", 1), int) or revision < 1:
        yield ValidationError(index, "revision", "must be a whole number from 1.")


def bulk_upsert(
    tenant: TenantConnection,
    kind: CatalogKind | str,
    items: Iterable[Mapping[str, Any] | Struct],
    progress: Progress | None = None,
    history: History = History.refuse,
) -> BulkResult:
    """Create what is new and change what differs, found by natural key; fields that an item lacks stay as they are.

    BadRequest lists every error, HasSamples names a sensor, CatalogFull says how much fits, and then nothing was
    written; unless the first samples or the others' documents came while a long run was changing. Running it again
    finishes what such a run, or a killed one, began.
    """
    kind = KINDS[kind] if isinstance(kind, str) else kind
    plain = [item if isinstance(item, Mapping) else msgspec.to_builtins(item) for item in items]
    with open_for_writing(tenant) as writing:
        plan = plans.plan_upsert(kind, plain, writing.snapshot, tenant.limits.sensors)
        require_capacity(tenant, writing.snapshot, plan.created, plan.changed)
        plan.changed = apply_history(tenant, plan.changed, history, plan.named)
        insert(writing.database, kind, plan.created)
        result = _result(kind, plan, writing.snapshot)
    _update(tenant, kind, plan, progress, history)
    return result


def plan_bulk(tenant: TenantConnection, kind: CatalogKind, items: Sequence[Mapping[str, Any]]) -> plans.Plan:
    """What `bulk_upsert` would do, as of now. Raises what that would."""
    snapshot = snapshot_of(tenant)
    plan = plans.plan_upsert(kind, items, snapshot, tenant.limits.sensors)
    require_capacity(tenant, snapshot, plan.created, plan.changed)
    return plan


def infer_intervals(tenant: TenantConnection, intervals: Mapping[str, float]) -> int:
    """Set the interval (seconds) of sensors that declared none and have learned none; how many that were."""
    sensors = snapshot_of(tenant).sensors
    open_ = {id: value for id, value in intervals.items() if id in sensors and sensors[id].interval_s is None}
    if not open_:
        return 0
    with open_for_writing(tenant) as writing:
        now = writing.snapshot.sensors
        changed: list[tuple[Model, Model]] = [
            (now[id], msgspec.structs.replace(now[id], interval_s=float(f"{value:.4g}")))
            for id, value in open_.items()
            if id in now and now[id].interval_s is None and value > 0
        ]
        _replace(writing.database, SENSORS, changed)
    return len(changed)


def delete(
    tenant: TenantConnection, kind: CatalogKind, id: str, revision: int | None = None, cascade: bool = False
) -> tuple[Model, Dependents]:
    """What was deleted, and what depended on it. Conflict (`in-use`) if something does and `cascade` is false."""
    model, dependents, gone = _going(snapshot_of(tenant), kind, id, revision, cascade)
    # Outside the lock, for deleting samples may take long.
    site: str = getattr(model, "site", model.id)
    removing.send(sender=None, tenant=tenant, site=site, removed=gone)
    with open_for_writing(tenant) as writing:
        model, dependents, going = _going(writing.snapshot, kind, model.id, revision, cascade)
        if going != gone:
            raise StaleRevision("What depends on it changed in the meantime; try again.")
        removal = removals.plan(writing.database, site, gone)
        _delete(writing.database, gone, site=model.id if kind is SITES else None)
    removals.finish(tenant, removal)
    return model, dependents


def _going(
    snapshot: Snapshot, kind: CatalogKind, id: str, revision: int | None, cascade: bool
) -> tuple[Model, Dependents, dict[str, list[str]]]:
    """The document, what depends on it, and the ids of all that would be deleted, by kind; raises if it must not be."""
    model = found(snapshot, kind, id)
    if revision is not None and model.revision != revision:
        raise stale(model, revision)
    dependents = dependents_of(snapshot, kind, model.id)
    if dependents.any and not cascade:
        raise InUse(
            f"{dependents.sentence(kind, model)} Delete those first, or send cascade=true to delete them too.",
            dependents=dependents.summary(),
            hanging=dependents.summary(),  # deprecated name of dependents, removed in 0.3
        )
    return model, dependents, {**dependents.ids, kind.name: [*dependents.ids.get(kind.name, []), model.id]}


def found(snapshot: Snapshot, kind: CatalogKind, id: str) -> Model:
    """NotFound if there is none of that id (or, for sites, slug)."""
    model = snapshot.site(id) if kind is SITES else snapshot.kept[kind.name].get(id)
    if model is None:
        raise NotFound(f"There is no {kind.singular} {id[:80]}.")
    return model


def stale(current: Model, revision: int) -> StaleRevision:
    return StaleRevision(
        f"The current revision is {current.revision}, but your change was made from revision {revision}."
        " Apply it to the current document.",
        current=current,
    )


def ensure_indexes(database: Database) -> None:
    """What keeps natural keys unique even if a lock should fail. Idempotent."""
    for kind in KINDS.values():
        database.ensure_index(kind.name, *kind.key, unique=True)


# Writing. All of it under the lock, inside the log.


def insert(database: Database, kind: CatalogKind, models: Sequence[Model]) -> None:
    if not models:
        return
    _ensure_index(database, kind)
    with database.exclusive(SCOPE) as lock, log_of(database).changing([(kind.name, model.id) for model in models]):
        for start in range(0, len(models), BATCH_SIZE):
            lock.check()
            database.insert_many(kind.name, [kind.document_of(model) for model in models[start : start + BATCH_SIZE]])
    take_over(database, kind.name, (), {model.id: model for model in models})


def write_together(
    writing: Writing,
    created: Mapping[str, Sequence[Model]],
    changed: Mapping[str, Sequence[tuple[Model, Model]]],
) -> None:
    """Write documents of several kinds, by name; whoever has the catalog in memory sees all of it or nothing."""
    database = writing.database
    after = {name: [model for _, model in pairs] for name, pairs in changed.items()}
    touched = [(name, model.id) for part in (created, after) for name, models in part.items() for model in models]
    if not touched:
        return
    for name in created:
        _ensure_index(database, KINDS[name])
    with database.exclusive(SCOPE) as lock, log_of(database).changing(touched):
        for name, new in created.items():
            for start in range(0, len(new), BATCH_SIZE):
                lock.check()
                database.insert_many(name, _documents(name, new[start : start + BATCH_SIZE]))
        for name, replaced in after.items():
            for start in range(0, len(replaced), MAX_PER_COMMAND):
                lock.check()
                database.replace_many(name, _documents(name, replaced[start : start + MAX_PER_COMMAND]))


def _documents(kind: str, models: Sequence[Model]) -> list[Document]:
    return [KINDS[kind].document_of(model) for model in models]


def _update(
    tenant: TenantConnection, kind: CatalogKind, plan: plans.Plan, progress: Progress | None, history: History
) -> None:
    """Chunk by chunk, so that others get their turn; what they set meanwhile stays, but for the fields we change."""
    for start in range(0, len(plan.changed), MAX_PER_COMMAND):
        chunk = plan.changed[start : start + MAX_PER_COMMAND]
        with open_for_writing(tenant) as writing:
            now = writing.snapshot.kept[kind.name]
            there = [(now[after.id], before, after) for before, after in chunk if after.id in now]
            merged = [(current, _merged(current, before, after)) for current, before, after in there]
            require_capacity(tenant, writing.snapshot, changed=merged)
            _replace(writing.database, kind, apply_history(tenant, merged, history, plan.named))
        if progress:
            progress(start + len(chunk), len(plan.changed))


def _merged(now: Model, before: Model, after: Model) -> Model:
    """`now` with the fields that our change touched."""
    ours = {
        name: getattr(after, name)
        for name in after.__struct_fields__
        if name != "revision" and getattr(after, name) != getattr(before, name)
    }
    return msgspec.structs.replace(now, **ours)


def _replace(database: Database, kind: CatalogKind, changed: Sequence[tuple[Model, Model]]) -> None:
    differing = [after for before, after in changed if after != before]
    for start in range(0, len(differing), MAX_PER_COMMAND):
        chunk = differing[start : start + MAX_PER_COMMAND]
        with database.exclusive(SCOPE) as lock, log_of(database).changing([(kind.name, m.id) for m in chunk]):
            lock.check()
            stored = database.replace_many(kind.name, [kind.document_of(model) for model in chunk])
        take_over(database, kind.name, (), {document["_id"]: kind.of_document(document) for document in stored})


def _delete(database: Database, gone: Mapping[str, Sequence[str]], site: str | None) -> None:
    """Leaves first, so that a killed delete leaves nothing that points at nothing; a whole site's by one command."""
    touched = [(name, id) for name, ids in gone.items() for id in ids]
    with database.exclusive(SCOPE) as lock, log_of(database).changing(touched):
        for kind in (CONNECTIONS, SENSORS, ASSETS, AREAS, SITES):
            ids = gone.get(kind.name, ())
            if site is not None and kind is not SITES and len(ids) <= BATCH_SIZE:
                lock.check()
                database.delete_many(kind.name, {"site": site})
                continue
            for start in range(0, len(ids), MAX_PER_COMMAND):
                lock.check()
                database.delete_ids(kind.name, ids[start : start + MAX_PER_COMMAND])


def _result(kind: CatalogKind, plan: plans.Plan, snapshot: Snapshot) -> BulkResult:
    models = [*plan.created, *(after for _, after in plan.changed), *plan.unchanged]
    several = kind is not SITES and len({model.site for model in models}) > 1  # type: ignore[union-attr]
    by_id = {model.id: _name(kind, model, snapshot, several) for model in models}
    return BulkResult(len(plan.created), len(plan.changed), len(plan.unchanged), {by_id[id]: id for id in plan.ids})


def _name(kind: CatalogKind, model: Model, snapshot: Snapshot, several: bool) -> str:
    if kind is CONNECTIONS:
        source, target = (snapshot.assets[end].tag for end in (model.source, model.target))  # type: ignore[union-attr]
        name = f"{source} > {target}" + (f": {model.medium}" if model.medium else "")  # type: ignore[union-attr]
    else:
        name = getattr(model, kind.key[-1])
    return f"{snapshot.sites[model.site].slug}/{name}" if several else name  # type: ignore[union-attr]


_ensured: dict[str, set[str]] = {}  # per database the collections whose index this process has ensured


def _ensure_index(database: Database, kind: CatalogKind) -> None:
    ensured = _ensured.setdefault(database.name, set())
    if kind.name not in ensured:
        database.ensure_index(kind.name, *kind.key, unique=True)
        ensured.add(kind.name)
