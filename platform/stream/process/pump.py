"""Reads from Redis what the hubs' viewers wait for, four times a second, in one process for all tenants."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kernel.errors import Unavailable
from stores.redis.changes import ChangeLog
from stores.redis.epochs import Position
from stores.redis.errors import RedisMalformed
from stores.redis.latest import Latest
from stores.redis.live import NO_ID, Announced, Announcements, Id
from stream.process.hub import Hub

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

TURN_S = 0.25
BEAT_S = 5.0
WANT_S = 10.0  # announcements are asked for again
CATALOG_S = 1.0
LINGER_S = 60.0  # a hub stays without viewers, so that one that comes back may go on
SILENCE_S = 5.0  # of Redis; then streams end, as an open one is up to date


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class _Timers:
    want: float = 0.0
    catalog: float = 0.0
    beat: float = 0.0


class Pump:
    """Hubs by (prefix, catalog). All of it runs in the event loop, but for the readings themselves."""

    def __init__(self, url: str) -> None:
        self._url, self._announcements = url, Announcements(url)
        self._hubs: dict[tuple[str, str], Hub] = {}
        self._opening = asyncio.Lock()
        self._due = _Timers()
        self._read_at = time.monotonic()

    @property
    def hubs(self) -> list[Hub]:
        return list(self._hubs.values())

    @property
    def is_current(self) -> bool:
        return time.monotonic() - self._read_at < SILENCE_S

    async def hub(self, prefix: str, catalog: str, catalog_log: str) -> Hub:
        """Raises Unavailable."""
        async with self._opening:
            found = self._hubs.get((prefix, catalog))
            if found is None or not found.viewers:
                fresh = await asyncio.to_thread(self._announcements.want, [prefix])
                found = None if prefix in fresh else self._hubs.get((prefix, catalog))  # it may have been dropped
            if found is None:
                oldest, announced = await asyncio.to_thread(self._announcements.kept, prefix)
                oldest = max(oldest, fresh.get(prefix, oldest))
                found = self._hubs[prefix, catalog] = Hub(prefix, catalog, catalog_log, oldest, announced)
            found.empty_since = time.monotonic()  # the viewer is on its way
            return found

    async def watch(self, hub: Hub) -> None:
        """At once, for a viewer that has just joined. Raises Unavailable."""
        await asyncio.to_thread(self._announcements.watch, hub.watched_sources)

    async def read_values(self, hub: Hub, sensors: list[str]) -> None:
        """Raises Unavailable."""
        if sensors:
            found = await asyncio.to_thread(self._announcements.values, {hub.prefix: sensors})
            hub.take(found[hub.prefix], now_ms())

    async def run(self) -> None:
        while True:
            started = time.monotonic()
            try:
                await self._turn()
                self._read_at = time.monotonic()
            except Unavailable as error:
                log.warning("waiting for Redis: %s", error.detail)
            except Exception:
                log.exception("a turn failed; streams end if this lasts")
            if not self.is_current:
                self._end(self.hubs, "Redis does not answer")
            await asyncio.sleep(max(0.02, TURN_S - (time.monotonic() - started)))

    async def _turn(self) -> None:
        await self._want()
        await self._read()
        await self._look_at_catalogs()
        now = now_ms()
        for hub in self.hubs:
            hub.turn(now)
        if self._is_due("beat", BEAT_S):
            for hub in self.hubs:
                hub.beat()
            self._drop_empty()

    async def _read(self) -> None:
        last: dict[str, Id] = {}
        for hub in self.hubs:
            last[hub.prefix] = min(hub.last, last.get(hub.prefix, hub.last))
        more = bool(last)
        while more:
            found = await self._each(self._announcements.after, last)
            await self._tell(found)
            last = {prefix: announced.last for prefix, announced in found.items() if announced.more}
            more = bool(last)

    async def _tell(self, found: Mapping[str, Announced]) -> None:
        wanted: dict[str, set[str]] = {}
        for hub in self.hubs:
            if (announced := found.get(hub.prefix)) is not None:
                has_missed_some = announced.trimmed > hub.last
                try:
                    changed = hub.announce(announced)
                except RedisMalformed as error:
                    self._discard(hub.prefix, error)
                    continue
                if has_missed_some:
                    self._reset(hub)
                    changed = hub.watched
                wanted.setdefault(hub.prefix, set()).update(changed)
        self._give(await self._each(self._announcements.values, {prefix: list(ids) for prefix, ids in wanted.items()}))

    def _give(self, values: Mapping[str, Mapping[str, Latest | None]]) -> None:
        now = now_ms()
        for hub in self.hubs:
            if hub.prefix in values:
                hub.take(values[hub.prefix], now)

    async def _want(self) -> None:
        if not self._is_due("want", WANT_S):
            return
        await asyncio.to_thread(self._announcements.watch, [pair for hub in self.hubs for pair in hub.watched_sources])
        watched = sorted({hub.prefix for hub in self.hubs if hub.viewers})
        fresh = await asyncio.to_thread(self._announcements.want, watched)
        for hub in self.hubs:
            if hub.prefix in fresh:
                self._reset(hub, fresh[hub.prefix])
                self._give(await self._each(self._announcements.values, {hub.prefix: hub.watched}))

    @staticmethod
    def _reset(hub: Hub, begin: Id = NO_ID) -> None:
        log.warning("%s: announcements were lost; all values are read again", hub.prefix)
        hub.reset(begin)

    async def _look_at_catalogs(self) -> None:
        if not self._is_due("catalog", CATALOG_S):
            return
        logs = {hub.catalog_log: None for hub in self.hubs if hub.catalog_log and not hub.outdated}
        positions = await self._each(self._positions, logs)
        for hub in self.hubs:
            if hub.catalog_log in positions and not _serves(hub.catalog, positions[hub.catalog_log]):
                hub.set_outdated()

    def _positions(self, logs: Mapping[str, None]) -> dict[str, Position]:
        return {prefix: ChangeLog(self._url, prefix).position() for prefix in logs}

    async def _each(
        self, read: Callable[[Mapping[str, T]], Mapping[str, R]], asked: Mapping[str, T]
    ) -> Mapping[str, R]:
        """Reads for all prefixes at once. If something is malformed, for each alone: only streams of its tenant end."""
        try:
            return await asyncio.to_thread(read, asked)
        except RedisMalformed:
            found: dict[str, R] = {}
        for prefix, of in asked.items():
            try:
                found |= await asyncio.to_thread(read, {prefix: of})
            except RedisMalformed as error:
                self._discard(prefix, error)
        return found

    def _discard(self, prefix: str, error: RedisMalformed) -> None:
        """`prefix`: of the tenant or of its catalog's log."""
        log.error("%s: %s", prefix, error.detail)
        for key, hub in list(self._hubs.items()):
            if prefix in (hub.prefix, hub.catalog_log):
                del self._hubs[key]
                self._end([hub], "its values cannot be read")

    def _drop_empty(self) -> None:
        now = time.monotonic()
        for key, hub in list(self._hubs.items()):
            if hub.viewers:
                hub.empty_since = now
                hub.forget_unwatched()
            elif now - hub.empty_since > (0 if hub.outdated else LINGER_S):
                del self._hubs[key]

    @staticmethod
    def _end(hubs: Iterable[Hub], why: str) -> None:
        for hub in hubs:
            for viewer in hub.viewers:
                viewer.ended = why
                viewer.wake.set()

    def _is_due(self, name: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < getattr(self._due, name):
            return False
        setattr(self._due, name, now + every_s)
        return True


def _serves(catalog: str, position: Position) -> bool:
    epoch, _, number = catalog.rpartition(":")
    return epoch == position.epoch and int(number) >= position.number
