"""Starts and stops an embedded installation."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterable

from django.conf import settings
from django.core.management import call_command

from config.processes import PROCESSES
from kernel.errors import Unavailable
from kernel.progress import Report
from runtime import programs
from runtime.home import Home
from runtime.programs import Program
from runtime.supervisor import Supervisor
from tenants.drivers.local.names import tenant_of_program
from web.directory import directory
from web.stores import reader

STORES = ("redis", "documents")


def expected() -> list[str]:
    """Names of the programs that should run with these settings."""
    stores = {"redis": settings.EMBEDDED_REDIS, "documents": settings.EMBEDDED_DOCUMENTS}
    return [name for name in STORES if stores[name]] + [each.program for each in PROCESSES]


def url(home: Home) -> str:
    return f"http://127.0.0.1:{home.port('web')}"


def ensure_stores(home: Home) -> Supervisor:
    """Ensure that supervisord, Redis and the document server run, except those replaced by external servers."""
    supervisor = Supervisor(home)
    running = (supervisor.is_up() and supervisor.statuses()) or []
    supervisor.ensure_up()
    up = {status.name for status in running if status.up}
    started: list[Program] = []
    if settings.EMBEDDED_REDIS:
        if "redis" not in up:
            home.ensure_free_port("redis")
        started.append(programs.redis(home))
    if settings.EMBEDDED_DOCUMENTS:
        started.append(programs.ferretdb(home))
    _ensure_all(supervisor, started)
    return supervisor


def up(home: Home, report: Report = lambda line: None) -> Supervisor:
    """Ensure that everything runs: stores, migrations, our processes, and all tenants' databases that ran before."""
    if (home.path / "restoring").exists():
        raise SystemExit(f"A restore into {home.path} was interrupted. Empty that folder and restore again.")
    report("Starting the stores")
    supervisor = ensure_stores(home)
    report("Preparing the database")
    call_command("migrate", verbosity=0)
    web_running = supervisor.status("web")
    if not (web_running and web_running.up):
        home.ensure_web_port()
        home.remove_metrics()
    stream_running = supervisor.status("stream")
    if not (stream_running and stream_running.up):
        home.ensure_free_port("stream")
    report("Starting the processes")
    writer = programs.manage("writer", "ingest_writer", stop_wait_s=20)
    workers = [programs.worker(home), programs.job_worker(home), programs.reconciler(home), programs.beat(home), writer]
    alarms = programs.manage("alarms", "alarm_evaluator", stop_wait_s=20)
    notifier = programs.manage("notifier", "alarm_notifier", stop_wait_s=60)
    servers = [programs.web(home), programs.stream(home)]
    _ensure_all(supervisor, [*workers, programs.ladder(), alarms, notifier, *servers, programs.watchdog(home)])
    for status in supervisor.statuses():
        if tenant_of_program(status.name) and not status.pid:
            supervisor.start_program(status.name)  # the reconciler repairs those that fail to start
    wait_healthy(home)
    _wait_for_tenants()
    return supervisor


def down(home: Home) -> None:
    """Stop everything that `up` started. Idempotent."""
    Supervisor(home).stop()
    home.remove_metrics()


def wait_healthy(home: Home, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url(home)}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise TimeoutError(f"The web process does not answer; see {Supervisor(home).log('web')}") from None
            time.sleep(0.1)


def _wait_for_tenants(seconds: float = 30) -> None:
    """Wait until the databases of open tenants answer, for a limited time: the reconciler repairs broken ones."""
    deadline = time.monotonic() + seconds
    for tenant in directory().all():
        while time.monotonic() < deadline:
            try:
                reader(tenant).ping()
                break
            except Unavailable:
                time.sleep(0.1)


def _ensure_all(supervisor: Supervisor, started: Iterable[Program]) -> None:
    """Start them all, then wait for each."""
    started = list(started)
    for program in started:
        supervisor.ensure_program(program, wait_s=0)
    for program in started:
        supervisor.wait_running(program.name, 30)
