"""Prepares a demo, step by step. Every step is idempotent and leaves what exists."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from demo import other, recordings
from demo.alarms import ensure_rules
from demo.catalog import HARBOUR, SEED
from demo.history import INITIAL_HISTORY, History
from demo.install import Installed, ensure_site
from demo.notification import ensure_routes
from demo.past_alarms import raise_past_alarms
from demo.people import DEMO, OTHER, ensure_people, prepare
from demo.plant import Plant
from demo.record import ensure_record
from demo.shards import ensure_short_shards
from demo.skab import SKAB
from demo.state import DemoState, load, save
from demo.work import ensure_work
from kernel.errors import PlantraceError
from kernel.progress import Report
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR
from runtime.home import Home
from tenants import operations as tenants
from tenants import reconciler
from tenants.lifecycle import State
from tenants.models import Tenant
from twin.operations import ensure_schematic
from web.clock import now_ms
from web.stores import streams

DRAWINGS = Path(__file__).with_name("drawings")
NAMES = {DEMO: "Harbour Tower", OTHER: "Northside Water"}
READY_S = 60.0
REDRAWN = 4 * DAY  # before the demo is first started
ADDED = {"oa-wb", "ch1-app", "ch2-app", "eff"}
REDRAWN_NOTE = "Wet bulb, condenser approach and efficiency added"


def open_demo(home: Home, report: Report, mails: bool = False) -> DemoState:
    """Ensure tenants, users, sites, history and drawings; with `mails`, routes of alarms. The platform must be up."""
    state = prepare(load(home))
    save(home, state)
    report("Creating the tenants")
    for slug, name in NAMES.items():
        known = Tenant.objects.filter(slug=slug).first()
        if known is None:
            tenants.create(tenants.NewTenant(slug=slug, name=name))
        elif known.state == State.suspended:
            tenants.resume(slug)
    # The worker would do this, too, once it is up; whoever takes the lease first does it.
    reconciler.reconcile()
    reconciler.restart_stopped()
    state = ensure_people(state)
    connections = {slug: wait_ready(slug) for slug in NAMES}
    save(home, state)
    report("Describing the plant")
    ensure_short_shards(Tenant.objects.get(slug=DEMO))
    _open_harbour(connections[DEMO], report, mails)
    _open_skab(connections[DEMO], report)
    _open_other(connections[OTHER], report)
    return state


def wait_ready(slug: str) -> TenantConnection:
    """Wait until the tenant is ready. Raises TimeoutError with the tenant's state and error."""
    deadline = time.monotonic() + READY_S
    while True:
        tenant = Tenant.objects.get(slug=slug)
        if tenant.state == "ready":
            return tenant.connection()
        if tenant.state == "failed" or time.monotonic() > deadline:
            raise TimeoutError(f"The tenant {slug} is {tenant.state}: {tenant.error or 'the worker does not answer'}")
        time.sleep(0.05)


def _open_harbour(tenant: TenantConnection, report: Report, mails: bool) -> None:
    installed, new = ensure_site(tenant, HARBOUR)
    plan = drawing("chilled-water")
    _draw(tenant, HARBOUR.slug, "Chilled water", first_draft(plan), new, report)
    _draw(tenant, HARBOUR.slug, "Chilled water", plan, new, report, now_ms() // HOUR * HOUR - REDRAWN, REDRAWN_NOTE)
    history = History(tenant, installed, Plant(SEED))
    now = now_ms()
    if history.missing(INITIAL_HISTORY, now):
        report("Writing the plant's last seven days")
        ensure_record(tenant, history.fill_recent(now), now)
    if mails:
        ensure_routes(tenant, now)
    if ensure_rules(tenant, now):
        report("Adding alarm rules, and what they would have raised")
        raise_past_alarms(tenant, now - INITIAL_HISTORY, now)
    ensure_work(tenant, now)


def _open_skab(tenant: TenantConnection, report: Report) -> None:
    folder = recordings.folder()
    if folder is None:
        return
    installed, new = ensure_site(tenant, SKAB)
    _draw(tenant, SKAB.slug, "Test loop", drawing("skab-loop"), new, report)
    if not _has_data(tenant, installed):
        report("Loading the SKAB recordings")
        recordings.load(tenant, folder)


def _open_other(tenant: TenantConnection, report: Report) -> None:
    installed, new = ensure_site(tenant, other.WORKS)
    _draw(tenant, other.WORKS.slug, "Pump hall", drawing("pump-hall"), new, report)
    if not _has_data(tenant, installed):
        other.write_day(tenant, installed, now_ms())


def _draw(
    tenant: TenantConnection,
    site: str,
    name: str,
    plan: dict[str, Any],
    new: bool,
    report: Report,
    valid_from: int = 0,
    note: str = "",
) -> None:
    """Ensure the drawing. If people have changed the plant so that it no longer fits, theirs is kept."""
    try:
        ensure_schematic(tenant, site, name, plan, valid_from, now=now_ms(), author="demo", note=note)
    except PlantraceError as error:
        if new:
            raise
        report(f"The drawing “{name}” is left as it is: {error.detail}")


def _has_data(tenant: TenantConnection, installed: Installed) -> bool:
    return bool(streams().latest.read(tenant.prefix, list(installed.sensors.values())))


def drawing(name: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((DRAWINGS / f"{name}.json").read_text())
    return plan


def first_draft(plan: dict[str, Any]) -> dict[str, Any]:
    """An earlier version of the drawing, without some values, so that the demo shows schematic versions."""
    return {**plan, "tags": [tag for tag in plan["tags"] if tag["id"] not in ADDED]}
