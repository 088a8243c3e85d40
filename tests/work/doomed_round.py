"""A round of maintenance plans that is killed (SIGKILL) at a document that it stores."""

from __future__ import annotations

import os
import signal
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from kernel.tenancy import TenantConnection
from stores.documents import Database
from work.cases.repository import CASES
from work.plans.opening import open_due


def run(tenant: TenantConnection, now: int, moment: str, turn: int) -> None:
    """`moment`: before or after the case of that turn is stored."""
    real, count = Database.insert, 0

    def deadly(database: Database, collection: str, document: dict[str, Any]) -> Any:
        nonlocal count
        count += collection == CASES
        doomed = collection == CASES and count == turn
        if doomed and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        stored = real(database, collection, document)
        if doomed:
            os.kill(os.getpid(), signal.SIGKILL)
        return stored

    Database.insert = deadly  # type: ignore[method-assign,assignment]
    open_due(tenant, now)
