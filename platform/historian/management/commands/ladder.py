"""`manage.py ladder`: show, check or rebuild a tenant's stored rollups."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.ladder.status import status_of
from historian.ladder.verify import verify
from historian.rungs.rungs import ALL_TIME, finest_for, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import iso
from web.directory import directory
from web.stores import marks

MAX_SHOWN = 20


class Command(BaseCommand):
    help = "Show, check or rebuild a tenant's ladder (the stored rollups)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "verify", "rebuild"])
        parser.add_argument("tenant", help="the tenant's slug")
        parser.add_argument("--sensor", action="append", default=[], help="an id or a tag; repeat for more")
        parser.add_argument(
            "--repair", "--mend", dest="repair", action="store_true", help="verify: mark faulty buckets for a rebuild"
        )  # --mend: deprecated alias, removed in 0.3
        parser.add_argument("--no-wait", action="store_true", help="rebuild: return at once")

    def handle(self, *args: Any, action: str, tenant: str, **options: Any) -> None:
        connection = directory().by_slug(tenant)
        if connection is None:
            raise CommandError(f"There is no open tenant {tenant}.")
        sensors = _sensors(connection, options["sensor"])
        if action == "status":
            self._status(connection)
        elif action == "verify":
            self._verify(connection, sensors, options["repair"])
        else:
            self._rebuild(connection, sensors, wait=not options["no_wait"])

    def _status(self, tenant: TenantConnection) -> bool:
        status = status_of(tenant, _now())
        days = "?" if status.behind_days is None else f"{status.behind_days:,.0f}"
        state = "complete" if status.complete else "behind"
        self.stdout.write(
            f"{state}: {status.ladders} of {status.sensors} sensors have a ladder; {status.due} with buckets to build, "
            f"{status.behind} with ranges ({days} sensor-days)"
        )
        return status.complete

    def _verify(self, tenant: TenantConnection, sensors: list[Sensor], repair: bool) -> None:
        faulty, count = 0, 0
        for sensor in sensors:
            spans = []
            for fault in verify(tenant, sensor):
                count += 1
                if count <= MAX_SHOWN:
                    self.stdout.write(f"{sensor.tag} {fault.rung} {iso(fault.bucket)}: {fault.what}")
                spans.append((fault.bucket, fault.bucket + 1))
            faulty += bool(spans)
            if spans and repair:
                marks().mark(tenant.prefix, {sensor.id: spans}, _now())
        self.stdout.write(
            f"{len(sensors)} sensors checked; {count} buckets of {faulty} are not what their samples give"
        )
        if count and repair:
            self.stdout.write("They are marked for a rebuild; `ladder status` shows the progress.")
        elif count:
            raise CommandError("Run `ladder verify --repair` to rebuild them.")

    def _rebuild(self, tenant: TenantConnection, sensors: list[Sensor], wait: bool) -> None:
        ladders = {}
        for sensor in sensors:
            finest = finest_for(sensor)
            ladders[sensor.id] = (finest.ms if finest else 0, recipe_of(sensor))
        marks().enroll(tenant.prefix, ladders, (ALL_TIME.start, ALL_TIME.end), _now())
        self.stdout.write(f"{len(ladders)} sensors are marked for a rebuild")
        while wait and not self._status(tenant):
            time.sleep(2)


def _sensors(tenant: TenantConnection, named: list[str]) -> list[Sensor]:
    known = snapshot_of(tenant).sensors
    if not named:
        return sorted(known.values(), key=lambda sensor: sensor.tag)
    found = [sensor for sensor in known.values() if sensor.id in named or sensor.tag in named]
    if missing := set(named) - {sensor.id for sensor in found} - {sensor.tag for sensor in found}:
        raise CommandError(f"There is no sensor {', '.join(sorted(missing))}.")
    return found


def _now() -> int:
    return time.time_ns() // 1_000_000
