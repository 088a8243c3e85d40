"""Diagnostics: what is running, where, and what is wrong."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import health, platform
from config.processes import DEMO_PROCESSES, PROCESSES
from kernel.errors import Unavailable
from runtime.home import Home
from runtime.programs import binary
from runtime.supervisor import ProgramStatus, Supervisor, SupervisorDown
from stores.redis.server import read_settings

MIN_FREE_BYTES = 2 * 1024**3
TITLES = {
    "redis": "Redis (streams, latest values)",
    "documents": "Documents (FerretDB)",
    **{each.program: each.name.capitalize() for each in (*PROCESSES, *DEMO_PROCESSES)},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy`: what to do if something is wrong."""

    title: str
    text: str
    wrong: bool = False
    remedy: str = ""


def examine(home: Home) -> Iterator[Finding]:
    """All findings, in the order in which one would look."""
    yield Finding("Installation", str(home.path))
    yield from _binaries()
    yield _disk(home)
    yield from _processes(home)
    yield from _stores()
    yield from _migrations()


def _binaries() -> Iterator[Finding]:
    for name in ("redis-server", "ferretdb", "influxd"):
        try:
            binary(name)
        except FileNotFoundError as error:
            yield Finding(name, "is not installed", True, str(error))


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    text = f"{free / 1e9:.1f} GB free"
    return Finding(
        "Disk", text, free < MIN_FREE_BYTES, "Make room: below 2 GB a database may stop." * (free < MIN_FREE_BYTES)
    )


def _processes(home: Home) -> Iterator[Finding]:
    supervisor = Supervisor(home)
    try:
        statuses = sorted(supervisor.statuses(), key=lambda status: (status.name not in TITLES, status.name))
    except SupervisorDown:
        left = supervisor.leftovers()
        if left:
            numbers = ", ".join(map(str, left))
            yield Finding(
                "Supervisor", f"is gone, but processes {numbers} are still running", True, "`make stop` stops them."
            )
        else:
            yield Finding("Supervisor", "is not running", True, "`make demo` (or `manage.py up`) starts everything.")
        return
    for status in statuses:
        yield _process(status, home, supervisor)
    for name in set(platform.expected()) - {status.name for status in statuses}:
        yield Finding(TITLES[name], "is not started", True, "`manage.py up` starts it.")


def _process(status: ProgramStatus, home: Home, supervisor: Supervisor) -> Finding:
    title = TITLES.get(status.name, f"Tenant database {status.name.removeprefix('influx-')}")
    if status.up:
        return Finding(title, f"running for {_ago(status.since)}, process {status.pid}{_endpoint(status.name, home)}")
    remedies = {
        "FATAL": f"It keeps exiting; the watchdog retries. Log: {supervisor.log(status.name)}",
        "BACKOFF": f"It exited early and is being restarted. Log: {supervisor.log(status.name)}",
        "STOPPED": "Expected for a suspended tenant's database; otherwise run `manage.py up`.",
    }
    return Finding(
        title, f"is {status.state.lower()}", True, remedies.get(status.state, f"Log: {supervisor.log(status.name)}")
    )


def _endpoint(name: str, home: Home) -> str:
    if name == "web":
        return f", {platform.url(home)}"
    if name == "redis":
        return f", 127.0.0.1:{home.port('redis')}"
    if name == "documents":
        return f", {home.sockets / 'documents.sock'}"
    return ""


def _stores() -> Iterator[Finding]:
    for part in health.check_parts():
        if part.needed:
            remedy = "" if part.state == "up" else "See its process above, or its address in the environment."
            yield Finding(f"{part.name.capitalize()} answers", part.detail or "yes", part.state != "up", remedy)
    yield from _redis_durability()


def _redis_durability() -> Iterator[Finding]:
    """Acknowledged samples are only as durable as Redis, so its settings are checked."""
    wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
    try:
        found = read_settings(settings.REDIS_URL, wanted)
    except Unavailable:
        return
    for key, value in wanted.items():
        if found.get(key) != value:
            yield Finding("Redis durability", f"{key} is {found.get(key)}", True, f"Set {key} {value}.")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding("Database", f"has {len(plan)} unapplied migrations", True, "Run `manage.py migrate`.")


def _ago(since: int) -> str:
    seconds = max(0, int(time.time()) - since)
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
