"""Which sensors have a ladder, and whether Redis still has the marks of the stored rungs."""

from __future__ import annotations

import logging
import secrets

from catalog.snapshot import log_of, snapshot_of
from historian.ladder.horizons import load_horizons
from historian.read.latest import refill_latest
from historian.rungs.rungs import ALL_TIME, finest_for, recipe_of
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position
from web.stores import documents, marks

log = logging.getLogger(__name__)

COLLECTION, EPOCH = "ladder", "run"  # the document and its field, named so since 0.1


class Enrollment:
    """The ladders of one tenant's sensors."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant
        self._seen: tuple[str, Position] | None = None  # epoch and catalog for which every sensor has its ladder

    def is_complete(self) -> bool:
        """Whether every sensor in the current catalog has its ladder, and the marks match the stored rungs."""
        return self._current() == self._seen

    def ensure(self, now_ms: int) -> None:
        """Give a ladder to every sensor that can have one.

        If the marks do not match the stored rungs, all ladders are rebuilt, and so are latest values, which were stored
        with the marks.
        """
        epoch, position = self._current()
        if (epoch, position) == self._seen:
            return
        known = marks().enrolled(self._tenant.prefix) if epoch and epoch == self._stored_epoch() else None
        wanted = self._missing(known or {})
        if wanted:
            marks().enroll(self._tenant.prefix, wanted, (ALL_TIME.start, ALL_TIME.end), now_ms)
        if known is None:
            log.warning("%s: the whole ladder is marked to be rebuilt", self._tenant.slug)
            epoch = secrets.token_hex(8)
            load_horizons(self._tenant)
            refill_latest(self._tenant)
            self._store_epoch(epoch)
            marks().set_epoch(self._tenant.prefix, epoch)
        self._seen = epoch, position

    def _current(self) -> tuple[str, Position]:
        return marks().epoch(self._tenant.prefix), log_of(documents(self._tenant)).position()

    def _missing(self, known: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
        """Finest width and recipe of the sensors that have no ladder yet, or one of another recipe."""
        wanted: dict[str, tuple[int, str]] = {}
        for sensor in snapshot_of(self._tenant).sensors.values():
            has = known.get(sensor.id)
            recipe = recipe_of(sensor)
            if has is not None and has[1] == recipe and has[0]:
                continue  # a changed interval alone moves no rung: that takes a rebuild
            finest = finest_for(sensor)
            ladder = (finest.ms if finest else 0, recipe)
            decided = finest is not None or sensor.interval_s is not None or has is not None
            if decided and has != ladder:
                wanted[sensor.id] = ladder
        return wanted

    def _stored_epoch(self) -> str:
        stored = documents(self._tenant).get(COLLECTION, EPOCH)
        return str(stored[EPOCH]) if stored else ""

    def _store_epoch(self, epoch: str) -> None:
        database = documents(self._tenant)
        if database.get(COLLECTION, EPOCH) is None:
            database.insert(COLLECTION, {"_id": EPOCH, EPOCH: epoch})
        else:
            database.change(COLLECTION, EPOCH, lambda stored: {**stored, EPOCH: epoch})
