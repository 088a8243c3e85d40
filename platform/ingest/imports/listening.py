"""Who is told of imports that are done: `ingest` defines the interface, `config` connects it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.imports.records import WrittenRange
from kernel.tenancy import TenantConnection


class ImportListener(Protocol):
    def imported(self, tenant: TenantConnection, ranges: Sequence[WrittenRange]) -> None:
        """An import, which may have been cancelled, has written these. At least once; Unavailable: again later."""


_listener: ImportListener | None = None


def set_import_listener(value: ImportListener) -> None:
    """Call once per process. Without one nobody is told."""
    global _listener
    _listener = value


def tell_imported(tenant: TenantConnection, ranges: Sequence[WrittenRange]) -> None:
    if _listener is not None and ranges:
        _listener.imported(tenant, ranges)
