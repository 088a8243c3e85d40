"""A deletion that is killed (SIGKILL) at one of its steps."""

from __future__ import annotations

import os
import signal
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from catalog import operations, removals
from catalog.kinds import SITES
from kernel.tenancy import TenantConnection
from stores.documents import Database


def run(tenant: TenantConnection, site: str, step: str) -> None:
    """`step`: `planned`, `half` of the documents deleted, or before anything `follows`."""
    if step == "follows":
        removals.finish = _die
    else:
        real, turn = Database.delete_many, {"planned": 1, "half": 3}[step]
        count = 0

        def deadly(*args: Any) -> int:
            nonlocal count
            count += 1
            if count == turn:
                _die()
            return real(*args)

        Database.delete_many = deadly  # type: ignore[method-assign]
    operations.delete(tenant, SITES, site, cascade=True)


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
