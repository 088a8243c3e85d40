"""Implements `tenants.interfaces.DataPlane`: what the control plane needs from a tenant's data."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from alarms.notification.subscriptions import SUBSCRIPTIONS
from alarms.rules.settings import RULES as ALARM_RULES
from alarms.sinks.repository import enroll
from catalog import operations as catalog
from catalog.snapshot import log_of, snapshot_of
from historian.read.latest import refill_latest
from ingest import changes
from ingest.events import attachments
from ingest.events.repository import SCOPE as EVENTS
from ingest.fleet.registry import SCOPE as DEVICES
from ingest.series.counting import record_series
from kernel.tenancy import Credentials, TenantConnection
from stores.documents import DocumentUsers
from stores.redis.users import RedisUsers
from tenants.interfaces import Flow
from twin.bookmarks.repository import PRIVATE as PRIVATE_BOOKMARKS
from twin.drafts.repository import DRAFTS
from twin.repository import log_of as schematics_log
from web import stores
from web.attachments import recount, root_of
from work.cases.repository import CASES
from workspace.annotations.repository import ANNOTATIONS
from workspace.dashboards.models import DASHBOARDS
from workspace.saved_views.models import VIEWS

# Whose owners are numbers of people, whom an archive does not hold.
PERSONAL = (DRAFTS, PRIVATE_BOOKMARKS, SUBSCRIPTIONS.name)
SHAREABLE = (VIEWS.name, DASHBOARDS.name)  # of which an archive has the shared ones, without their owners' numbers
NOBODY = 0


class Stores:
    def prepare_documents(self, connection: TenantConnection) -> None:
        """Of a new tenant: its disk may be an adopted one, with documents."""
        catalog.ensure_indexes(stores.documents(connection))
        enroll(connection)

    def drop_documents(self, connection: TenantConnection) -> None:
        stores.documents(connection).drop()
        changes.delete_journals(connection)
        attachments.delete_all(connection)

    def pending(self, connection: TenantConnection) -> int:
        return stores.streams().unwritten(connection.prefix)

    def flow(self, connection: TenantConnection) -> Flow:
        samples, last = stores.streams().flow(connection.prefix)
        sensors = len(snapshot_of(connection).sensors)
        dead_letters = stores.streams().dead_letters
        waiting, letters = stores.streams().backlogs([connection.prefix])[0], dead_letters.counts(connection.prefix)
        left_out = stores.streams().left_out(connection.prefix)
        return Flow(sensors, samples, last, waiting, letters.total, letters.dropped, left_out)

    def record_series(self, connection: TenantConnection, now_s: int) -> None:
        record_series(connection, now_s)

    def lag(self, connection: TenantConnection) -> float:
        oldest = stores.streams().oldest(connection.prefix)
        return max(0.0, time.time() - oldest / 1000) if oldest is not None else 0.0

    def probe(self, connection: TenantConnection) -> None:
        stores.reader(connection).probe()

    def dump_documents(self, connection: TenantConnection) -> Iterator[tuple[str, Iterator[bytes]]]:
        database = stores.documents(connection)
        for collection in database.collections():
            if collection in SHAREABLE:
                yield collection, database.dump(collection, {"shared": True}, without=("owner",))
            elif collection not in PERSONAL:
                yield collection, database.dump(collection)

    def put_back_samples(self, connection: TenantConnection) -> None:
        changes.put_back(connection)

    def has_documents(self, connection: TenantConnection) -> bool:
        return bool(stores.documents(connection).find("sites", limit=1))

    def load_documents(self, connection: TenantConnection, pieces: Mapping[str, Iterable[bytes]]) -> None:
        database = stores.documents(connection)
        database.clear()
        for collection, parts in pieces.items():
            if collection not in PERSONAL:  # which other archives may hold
                database.load(collection, parts, _of_nobody if collection in SHAREABLE else None)
        catalog.ensure_indexes(database)
        scopes = {EVENTS, DEVICES, ANNOTATIONS.name, ALARM_RULES, CASES, *pieces}  # some are of several collections
        for log in (log_of(database), schematics_log(database), *map(database.log, scopes)):
            log.restart()
        enroll(connection)

    def dump_attachments(self, connection: TenantConnection) -> Iterator[tuple[str, Iterable[tuple[str, bytes]]]]:
        yield from attachments.dump(root_of(connection))

    def load_attachments(
        self, connection: TenantConnection, days: Iterable[tuple[str, Iterable[tuple[str, bytes]]]]
    ) -> None:
        for day, contents in days:
            attachments.load(root_of(connection), day, contents)
        recount(connection)

    def follow_samples(self, connection: TenantConnection) -> None:
        stores.marks().forget_epoch(connection.prefix)
        refill_latest(connection)

    def ensure_pod_users(self, connection: TenantConnection, redis: Credentials, documents: Credentials) -> None:
        RedisUsers(settings.REDIS_URL).ensure(redis, {connection.prefix, _disk_prefix(connection)})
        DocumentUsers(settings.MONGODB_URI).ensure(connection.documents, documents)

    def drop_pod_users(self, connection: TenantConnection, name: str) -> None:
        RedisUsers(settings.REDIS_URL).remove(name)
        DocumentUsers(settings.MONGODB_URI).remove(connection.documents, name)

    def redis_users(self) -> set[str]:
        return RedisUsers(settings.REDIS_URL).names()

    def drop_redis_user(self, name: str) -> None:
        RedisUsers(settings.REDIS_URL).remove(name)

    def drop_keys(self, connection: TenantConnection) -> None:
        """Also the keys named after the disk: the documents' change logs."""
        for prefix in {connection.prefix, _disk_prefix(connection)}:
            stores.streams().drop_tenant(prefix)


def _of_nobody(document: dict[str, Any]) -> dict[str, Any] | None:
    """A shared one; archives of earlier versions have all, with numbers that mean other people here."""
    return {**document, "owner": NOBODY} if document.get("shared") else None


def _disk_prefix(connection: TenantConnection) -> str:
    return f"pt:{connection.disk or connection.id}:"
