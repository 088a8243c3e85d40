"""What follows a deletion, also if its process is killed.

The catalog's documents are gone when the receivers of `removed` are called. Before the first of them goes, the deletion
is stored here; it is forgotten once no receiver has failed. A worker calls them again for what was left.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import msgspec

from catalog.signals import removed
from catalog.snapshot import SCOPE
from kernel.ids import REMOVAL, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database
from web.stores import documents

REMOVALS = "removals"
LEFT_S = 60.0  # whoever deletes calls the receivers at once: what is older was left

log = logging.getLogger(__name__)
_looked: set[str] = set()  # databases whose removals this process has looked for: Redis may have lost the note

Ids = Mapping[str, Sequence[str]]  # by kind


class Removal(msgspec.Struct, frozen=True):
    id: str
    site: str
    removed: dict[str, list[str]]


def plan(database: Database, site: str, gone: Ids) -> Removal:
    """Store what is about to be deleted. Holding the lock of the catalog."""
    removal = Removal(new_id(REMOVAL), site, {kind: list(ids) for kind, ids in gone.items() if ids})
    database.open_plans(REMOVALS).add(removal.id)
    content = msgspec.json.encode(removal.removed).decode()  # as text: small, however many there are
    database.insert(REMOVALS, {"_id": removal.id, "site": site, "removed": content})
    return removal


def finish(tenant: TenantConnection, removal: Removal) -> None:
    """Call the receivers for what was deleted. If one fails, which is logged, all are called again later."""
    told = {"tenant": tenant, "site": removal.site, "removed": removal.removed}
    failed = False
    for receiver, outcome in removed.send_robust(sender=None, **told) if removal.removed else ():
        if isinstance(outcome, Exception):
            failed = True
            name = getattr(receiver, "__module__", receiver)
            log.error("%s: what %s has of deleted objects goes later: %s", tenant.slug, name, outcome)
    if not failed:
        _forget(documents(tenant), removal.id)


def finish_left(tenant: TenantConnection, age_s: float = LEFT_S) -> None:
    """Finish deletions that a process left so long ago."""
    database = documents(tenant)
    for id in _open(database, age_s):
        with database.exclusive(SCOPE):  # whoever is still deleting has it
            document = database.get(REMOVALS, id)
            planned = {} if document is None else msgspec.json.decode(document["removed"], type=dict[str, list[str]])
            gone = {kind: _gone(database, kind, ids) for kind, ids in planned.items()}
        if document is None:
            _forget(database, id)
        else:
            finish(tenant, Removal(id, document["site"], {kind: ids for kind, ids in gone.items() if ids}))


def _gone(database: Database, kind: str, ids: list[str]) -> list[str]:
    """Those that do not exist, whatever copies in memory say, as a killed deletion may not have told of it."""
    there = {document["_id"] for document in database.find(kind, {"_id": {"$in": ids}}, only=("_id",))}
    return [id for id in ids if id not in there]


def _open(database: Database, age_s: float) -> list[str]:
    noted = database.open_plans(REMOVALS)
    if database.name not in _looked:
        for document in database.find(REMOVALS, without=("removed",)):
            noted.add(document["_id"])
        _looked.add(database.name)
    return noted.all(age_s)


def _forget(database: Database, id: str) -> None:
    database.delete_ids(REMOVALS, [id])
    database.open_plans(REMOVALS).remove(id)
