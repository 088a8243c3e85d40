"""A worker killed (-9) at any step and restarted converges to the same result within a minute.

All kills happen concurrently in one installation: a tenant for each, and a fresh worker process after each, which works
on several. Then the platform's own worker is started, and each test looks at what became of its tenant. `make test`
kills after and in a step of every plan, `make soak` at all other places.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
import pytest

from kernel.tenancy import Credentials
from runtime import programs
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.timeseries import Timeseries
from tests.installation import Platform
from tests.isolation import ROOT
from tests.tenants.residue import residue

WITHIN_S = 60
# Where the worker dies: when the step has done its work and nothing is recorded yet; after the slash, in its middle.
PROVISION = [
    "credentials",
    "endpoints",
    "server",
    "server/tenants.drivers.local.driver:write_private",
    "users",
    "users/stores.timeseries:Timeseries.create_user",
    "database",
    "database/stores.timeseries:Timeseries.create_database",
    "documents",
    "verify",
]
SUSPEND = ["stop"]
DELETE = [
    "close",
    "drain",
    "remove-server",
    "remove-server/runtime.supervisor:Supervisor.remove_program",
    "streams",
    "drop-documents",
    "disk",
    "release-endpoints",
    "delete-record",
    "delete-record/tenants.models:Tenant.delete",
]
KEEP = ["remove-server", "disk", "delete-record", "delete-record/tenants.models:Tenant.delete"]

PLACES = {"provision": PROVISION, "suspend": SUSPEND, "delete": DELETE, "keep": KEEP}
ALWAYS = {  # the others are for `make soak`
    "provision": {"credentials", "server/tenants.drivers.local.driver:write_private", "users", "documents", "verify"},
    "suspend": {"stop"},
    "delete": {"drain", "remove-server/runtime.supervisor:Supervisor.remove_program", "disk", "delete-record"},
    "keep": {"disk", "delete-record/tenants.models:Tenant.delete"},
}

PREPARE = """
import json
from django.conf import settings
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.timeseries import Timeseries
from tenants import operations, reconciler
from tenants.models import Tenant
from web import stores
plan = json.loads({plan!r})
for slug in plan["suspend"] + plan["delete"] + plan["keep"]:
    operations.create(operations.NewTenant(slug=slug))
reconciler.reconcile()
for tenant in Tenant.objects.all():
    connection = tenant.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")
    stores.documents(connection).insert("sites", {{"_id": "p1", "slug": "p1"}})
    redis_client(settings.REDIS_URL).set(connection.prefix + "test", 1)
for slug in plan["provision"]:
    operations.create(operations.NewTenant(slug=slug))
for slug in plan["suspend"]:
    operations.suspend(slug)
for slug in plan["delete"]:
    operations.delete(slug, slug)
for slug in plan["keep"]:
    operations.delete(slug, slug, keep_disk=True)
print("ids=" + json.dumps(dict(Tenant.objects.values_list("slug", "id"))))
"""

LOOK = """
import json, msgspec
from tenants.models import KeptDisk, Tenant
print("found=" + msgspec.json.encode({
    tenant.slug: {
        "state": tenant.state, "error": tenant.error, "endpoints": tenant.endpoints,
        "documents": f"plantrace_{tenant.disk}",
        "steps": [step.state for step in tenant.steps.all()], "secrets": tenant.secrets,
    } for tenant in Tenant.objects.all()
}).decode())
print("kept=" + json.dumps(list(KeptDisk.objects.filter(dropping=False).values_list("id", flat=True))))
"""


@dataclass
class Aftermath:
    home: Home
    ids: dict[str, str]
    took: dict[str, float] = field(default_factory=dict)  # seconds from the kill to rest, by slug
    found: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kill:
    """Of the worker that carries out such a plan, at that place; each has a tenant of its own."""

    kind: str
    place: str

    @property
    def slug(self) -> str:
        return f"{self.kind}-{PLACES[self.kind].index(self.place)}"

    @property
    def spec(self) -> str:
        return f"{self.slug}@{self.place}"

    def mark_of(self, marks: Path) -> float:
        """When it was."""
        return (marks / self.spec.replace("/", "_")).stat().st_mtime


def kills(kind: str) -> pytest.MarkDecorator:
    """A test for each place of such a plan."""
    every = [
        pytest.param(Kill(kind, place), id=place, marks=[] if place in ALWAYS[kind] else [pytest.mark.soak])
        for place in PLACES[kind]
    ]
    return pytest.mark.parametrize("kill", every)


def selected(request: pytest.FixtureRequest) -> list[Kill]:
    """The kills that the tests of this run look at."""
    ours = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    return [item.callspec.params["kill"] for item in ours]


@pytest.fixture(scope="module")
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    from config.platform import ensure_stores

    every = selected(request)
    plan = {kind: [kill.slug for kill in every if kill.kind == kind] for kind in PLACES}
    marks = tmp_path_factory.mktemp("marks")
    platform = Platform(tmp_path_factory.mktemp("kills") / "home")
    supervisor = ensure_stores(platform.home)
    try:
        platform.command("migrate", "--verbosity", "0")
        ids = json.loads(platform.shell(PREPARE.format(plan=json.dumps(plan))).split("ids=")[1])
        watch = Watch(platform.path / "control.sqlite3", ids)
        supervisor.ensure_program(programs.beat(platform.home))  # leases that a killed worker left end unheard of
        kill_all(every, platform.path, marks)
        supervisor.ensure_program(programs.reconciler(platform.home))
        rested = watch.wait(WITHIN_S + 30)
        out = platform.shell(LOOK)
        yield Aftermath(
            platform.home,
            ids,
            {kill.slug: rested.get(kill.slug, float("inf")) - kill.mark_of(marks) for kill in every},
            json.loads(out.split("found=")[1].splitlines()[0]),
            json.loads(out.split("kept=")[1].splitlines()[0]),
        )
    finally:
        platform.stop()


def kill_all(kills: list[Kill], home: Path, marks: Path) -> None:
    """Two worker processes at a time, until each place has killed one."""
    environment = {
        **os.environ,
        "PLANTRACE_HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
        "KILL_AT": " ".join(kill.spec for kill in kills),
        "KILL_MARKS": str(marks),
    }
    command = [sys.executable, "-m", "tests.tenants.killing_worker"]
    with (marks.parent / f"{marks.name}.log").open("wb") as log:
        running = [
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
            for _ in range(2)
        ]
    try:
        deadline = time.monotonic() + 400
        while len(done := list(marks.iterdir())) < len(kills):
            assert time.monotonic() < deadline, f"{len(done)} of {len(kills)} kills; see {log.name}"
            time.sleep(0.05)
    finally:
        for worker in running:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


class Watch(threading.Thread):
    """Records when each tenant becomes idle: ready or suspended with nothing to do, or deleted."""

    def __init__(self, database: Path, slugs: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self._database, self._moving, self.rested = database, set(slugs), dict[str, float]()
        self.start()

    def run(self) -> None:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=20)) as connection:
            while self._moving:
                moving = {slug for (slug,) in connection.execute("SELECT slug FROM tenants_tenant WHERE plan <> ''")}
                for slug in self._moving - moving:
                    self.rested[slug] = time.time()
                self._moving &= moving
                time.sleep(0.1)

    def wait(self, seconds: float) -> dict[str, float]:
        self.join(seconds)
        return self.rested


@kills("provision")
def test_a_tenant_becomes_ready_although_its_worker_was_killed_at(aftermath: Aftermath, kill: Kill) -> None:
    slug = kill.slug
    found, tenant = aftermath.found[slug], aftermath.ids[slug]
    assert aftermath.took[slug] < WITHIN_S
    assert (found["state"], found["error"], set(found["steps"])) == ("ready", "", {"done"})

    [program] = [each for each in Supervisor(aftermath.home).statuses() if tenant in each.name]
    assert program.state in ("RUNNING", "STARTING")
    ports = json.loads((aftermath.home.path / "ports.json").read_text())
    assert len([name for name in ports if tenant in name]) == 2
    assert (aftermath.home.path / "disks" / tenant / "influxdb.conf").exists()

    url = found["endpoints"]["http"]
    admin, writer, reader = (Credentials(**found["secrets"][name]) for name in ("admin", "writer", "reader"))
    assert Timeseries(url, admin).users() == {"admin": True, "writer": False, "reader": False}
    Timeseries(url, writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")
    assert len(Timeseries(url, reader).read(['SELECT "value" FROM raw.p1'])[0]) == 1
    with pymongo.MongoClient[Any](aftermath.home.documents_uri) as mongo:
        assert len(mongo[found["documents"]]["sensors"].index_information()) >= 2


@kills("suspend")
def test_a_tenant_is_suspended_though_its_worker_was_killed_at(aftermath: Aftermath, kill: Kill) -> None:
    slug = kill.slug
    assert aftermath.took[slug] < WITHIN_S
    assert aftermath.found[slug]["state"] == "suspended"
    assert [each for each in Supervisor(aftermath.home).statuses() if aftermath.ids[slug] in each.name] == []
    assert (aftermath.home.path / "disks" / aftermath.ids[slug] / "data" / "plant").is_dir()


@kills("delete")
def test_nothing_is_left_though_the_deleting_worker_was_killed_at(aftermath: Aftermath, kill: Kill) -> None:
    slug = kill.slug
    assert aftermath.took[slug] < WITHIN_S
    assert slug not in aftermath.found
    assert residue(aftermath.home, aftermath.ids[slug]) == []
    assert aftermath.ids[slug] not in aftermath.kept


@kills("keep")
def test_a_disk_is_kept_intact_although_the_worker_was_killed_at(aftermath: Aftermath, kill: Kill) -> None:
    slug = kill.slug
    tenant = aftermath.ids[slug]
    assert aftermath.took[slug] < WITHIN_S
    assert slug not in aftermath.found
    assert aftermath.kept.count(tenant) == 1
    assert residue(aftermath.home, f"influx-{tenant}") == []
    assert (aftermath.home.path / "disks" / tenant / "data" / "plant").is_dir()
    with pymongo.MongoClient[Any](aftermath.home.documents_uri) as mongo:
        assert mongo[f"plantrace_{tenant}"]["sites"].count_documents({}) == 1


def test_how_long_it_took(aftermath: Aftermath) -> None:
    took = sorted(aftermath.took.values())
    print(f"\n{len(took)} kills; from kill to rest: median {took[len(took) // 2]:.1f} s, longest {took[-1]:.1f} s")
    assert took[-1] < WITHIN_S
