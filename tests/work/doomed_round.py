"""A round of maintenance plans that is killed (SIGKILL) at a document that it stores."""

from __future__ import annotations

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from kernel.tenancy import TenantConnection
from stores.documents import Database
from tests.doomed import doom
from work.cases.repository import CASES
from work.plans.opening import open_due


def run(tenant: TenantConnection, now: int, moment: str, turn: int) -> None:
    """`moment`: before or after the case of that turn is stored."""
    doom(Database, "insert", moment, turn, lambda _, collection, *__: collection == CASES)
    open_due(tenant, now)
