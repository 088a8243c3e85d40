"""The platform's Celery worker, repeatedly: each is killed (-9) at one of the points listed in KILL_AT.

`slug@step` dies when the step has done its work, before that is recorded. `slug@step/module:name` dies in the middle of
the step, when that function has returned for the first time. It leaves that tenant to the next worker after as long as
any killed worker does; others that it worked on are free sooner, so that the next kill need not wait for them.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.utils import timezone

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from config.celery import app  # noqa: E402  after Django is set up
from tenants import leases, reconciler  # noqa: E402
from tenants.lifecycle import LEASE  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tenants.steps import StepPlan, Work  # noqa: E402

SPECS = os.environ["KILL_AT"].split()
MARKS = Path(os.environ["KILL_MARKS"])
OTHERS_LEASE = timedelta(seconds=6)
at = threading.local()  # `step`: what this thread works on
run_step = reconciler.run_step


def die(spec: str) -> None:
    mark = MARKS / spec.replace("/", "_")
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    try:
        Tenant.objects.filter(slug=spec.partition("@")[0]).update(lease_until=timezone.now() + LEASE)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def run_and_die(work: Work, step: StepPlan) -> None:
    at.step = f"{work.tenant.slug}@{step.name}"
    run_step(work, step)
    if at.step in SPECS:
        die(at.step)


def dying(spec: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if getattr(at, "step", "") == spec.split("/")[0]:
            die(spec)
        return result

    return wrapper


reconciler.run_step = run_and_die
leases.LEASE, leases.RENEW_S = OTHERS_LEASE, OTHERS_LEASE.total_seconds() / 3
for each in SPECS:
    if "/" in each:
        module_name, _, path = each.split("/")[1].partition(":")
        owner: Any = importlib.import_module(module_name)
        *parents, name = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        setattr(owner, name, dying(each, getattr(owner, name)))

while len(list(MARKS.iterdir())) < len(SPECS):  # the next worker is a fresh process, but needs not import all again
    worker = os.fork()
    if worker == 0:
        options = ["--pool", "solo", "--loglevel", "error", "--without-gossip", "--without-mingle"]
        app.worker_main(["worker", "-Q", "control", *options])
    os.waitpid(worker, 0)
