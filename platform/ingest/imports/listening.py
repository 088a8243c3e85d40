"""Who is told of imports that are done: `ingest` defines the interface, `config` connects it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.imports.records import WrittenRange
from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class ImportListener(Protocol):
    def imported(self, tenant: TenantConnection, ranges: Sequence[WrittenRange]) -> None:
        """An import, which may have been cancelled, has written these. At least once; Unavailable: again later."""


import_listener = Seam[ImportListener]("the listener to imports")  # without one nobody is notified


def notify_imported(tenant: TenantConnection, ranges: Sequence[WrittenRange]) -> None:
    if (listener := import_listener.get()) is not None and ranges:
        listener.imported(tenant, ranges)
