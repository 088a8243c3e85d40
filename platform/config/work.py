"""Connects work with what only its siblings know, people, devices, alarms, run-hours and events, and alarms with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
from django.db import Error as DatabaseError

from access.models import Membership
from alarms import states
from alarms.seams import maintained_assets
from analysis.held import Readings
from analysis.reading import read_within
from catalog.models import Sensor
from catalog.units.conversion import conversion
from config.run_events import StoredEvents
from historian.read.ladders import ladders_of
from historian.read.sources import sources_of
from historian.rungs.counters import counter_rule
from historian.rungs.rows import Ints
from ingest.fleet.registry import Device, registry_of
from kernel.errors import Conflict, NotFound, Unavailable
from kernel.ids import MEMBERSHIP, is_id
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, TimeRange
from stores.redis.devices import Contact
from web.stores import devices
from work.cases import maintained
from work.fields import Person
from work.seams import AlarmSubject, DeviceRecord, Seams, seams

RUNS_AT_ONCE_MS = 28 * DAY  # a longer range may have more changes than are read at once


class TenantPeople:
    """Implements `work.seams.People`."""

    def active(self, tenant: TenantConnection) -> Sequence[Person]:
        people = [_person(row) for row in self._rows(tenant, active=True, user__is_active=True)]
        return sorted(people, key=lambda person: (person.name.casefold(), person.id))

    def find(self, tenant: TenantConnection, id: str) -> Person | None:
        rows = self._rows(tenant, id=id, active=True, user__is_active=True) if is_id(id, MEMBERSHIP) else []
        return _person(rows[0]) if rows else None

    def id_of_user(self, tenant: TenantConnection, user: int) -> str:
        rows = self._rows(tenant, user_id=user)
        return rows[0].id if rows else ""

    def ids(self, tenant: TenantConnection) -> Set[str]:
        return {row.id for row in self._rows(tenant)}

    @staticmethod
    def _rows(tenant: TenantConnection, **which: Any) -> list[Membership]:
        try:
            return list(Membership.objects.filter(tenant_id=tenant.id, **which).select_related("user"))
        except DatabaseError as error:
            raise Unavailable("Members cannot be read: the relational database does not answer.") from error


class RegisteredFleet:
    """Implements `work.seams.Fleet`."""

    def devices(self, tenant: TenantConnection) -> Sequence[DeviceRecord]:
        known = registry_of(tenant).by_id
        heard = devices().contacts(tenant.prefix, known)
        return [_record(device, heard.get(id)) for id, device in known.items()]

    def find(self, tenant: TenantConnection, id: str) -> DeviceRecord | None:
        device = registry_of(tenant).by_id.get(id)
        return None if device is None else _record(device, devices().contacts(tenant.prefix, [id]).get(id))


class KnownAlarms:
    """Implements `work.seams.Alarms`."""

    def find(self, tenant: TenantConnection, key: str) -> AlarmSubject | None:
        from alarms.lists.normal import normal_alarms  # compiles rules, which few processes do

        kept = states.read(tenant, [key])[key].kept or normal_alarms(tenant, [key]).get(key)
        if kept is None:
            return None
        about, target = kept.about, kept.about.target
        return AlarmSubject(
            site=about.site,
            asset=about.asset.id if about.asset else "",
            sensor=target.id if target.kind == "sensor" else "",
            device=target.id if target.kind == "device" else "",
        )

    def suppress_alerts(self, tenant: TenantConnection, reasons: Mapping[str, tuple[str, ...]], now: int) -> None:
        from alarms.external.maintenance import settle

        settle(tenant, reasons, now)


class StoredUsage:
    """Implements `work.seams.Usage`: by sensors in whole hours, which every rung up to an hour has."""

    def counted_hours(self, tenant: TenantConnection, sensor: Sensor, span: TimeRange, now: int) -> float:
        to_hours = conversion(sensor.unit, "h")
        if to_hours is None:
            raise Conflict(f"{sensor.tag} counts {sensor.unit or 'numbers'}, which is no unit of time.")
        bounds = _whole_hours(span)
        if bounds is None:
            return 0.0
        from analysis.totals import tally  # as all of this, only for plans that count it

        grown = float(tally.increases(_readings(tenant, sensor, bounds, now), bounds, counter_rule(sensor))[0])
        return grown * to_hours.factor if np.isfinite(grown) else 0.0

    def state_hours(
        self, tenant: TenantConnection, sensor: Sensor, states: Sequence[str], span: TimeRange, now: int
    ) -> float:
        bounds = _whole_hours(span)
        if bounds is None:
            return 0.0
        from analysis.totals import tally

        [held] = tally.states(_readings(tenant, sensor, bounds, now), bounds)
        if held is None:
            raise Conflict(f"{sensor.tag} has too many states for its hours to be told.")
        return sum(held.get(state, 0) for state in states) / HOUR

    def hours_by_period(
        self, tenant: TenantConnection, sensor: Sensor, states: Sequence[str], bounds: Sequence[int], now: int
    ) -> Sequence[float | None]:
        hours = np.array(bounds, np.int64) // HOUR * HOUR
        if len(hours) < 2 or np.any(np.diff(hours) <= 0):
            return [None] * (len(bounds) - 1)
        from analysis.totals import tally

        if states:
            held = tally.states(_readings(tenant, sensor, hours, now), hours)
            return [sum(each.get(state, 0) for state in states) / HOUR if each else None for each in held]
        to_hours = conversion(sensor.unit, "h")
        if to_hours is None:
            raise Conflict(f"{sensor.tag} counts {sensor.unit or 'numbers'}, which is no unit of time.")
        grown = tally.increases(_readings(tenant, sensor, hours, now), hours, counter_rule(sensor))
        return [each * to_hours.factor if np.isfinite(each) else None for each in grown.tolist()]

    def run_hours(self, tenant: TenantConnection, definition: str, span: TimeRange, now: int) -> float:
        from analysis.runs import queries, repository

        found = repository.get(tenant, definition)
        starts = range(span.start, span.end, RUNS_AT_ONCE_MS)
        pieces = [TimeRange(start, min(start + RUNS_AT_ONCE_MS, span.end)) for start in starts]
        return sum(queries.running_ms(tenant, found, piece, now) for piece in pieces) / HOUR

    def has_runs(self, tenant: TenantConnection, definition: str) -> bool:
        from analysis.runs import repository

        try:
            repository.get(tenant, definition)
        except NotFound:
            return False
        return True

    def events(
        self, tenant: TenantConnection, type: str, devices: Sequence[str], span: TimeRange, limit: int, now: int
    ) -> int:
        count = 0
        for device in devices:
            count += len(StoredEvents().find(tenant, [type], device, span, limit - count, now))
            if count >= limit:
                break
        return count


class MaintainedAssets:
    """Implements `alarms.seams.MaintainedAssets`."""

    def position(self, tenant: TenantConnection) -> object:
        return maintained.position(tenant)

    def reasons(self, tenant: TenantConnection) -> Mapping[str, tuple[str, ...]]:
        return maintained.maintained(tenant)


def connect_work() -> None:
    maintained_assets.connect(MaintainedAssets())
    seams.connect(Seams(TenantPeople(), RegisteredFleet(), KnownAlarms(), StoredUsage()))


def _readings(tenant: TenantConnection, sensor: Sensor, bounds: Ints, now: int) -> Readings:
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    return read_within(sources_of(tenant), sensor, ladder, bounds, HOUR, now)[0]


def _whole_hours(span: TimeRange) -> Ints | None:
    """From the first whole hour to the last; None if there is none."""
    start, end = -(-span.start // HOUR) * HOUR, span.end // HOUR * HOUR
    return np.array([start, end], np.int64) if start < end else None


def _person(row: Membership) -> Person:
    return Person(id=row.id, name=row.user.name or row.user.username)


def _record(device: Device, contact: Contact | None) -> DeviceRecord:
    return DeviceRecord(device.id, device.name, device.asset, contact.firmware if contact is not None else "")
