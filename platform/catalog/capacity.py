"""How large a tenant's catalog may be: every process keeps it in memory, and reads it as a whole when it begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.models import Model
from catalog.sizes import size_of
from catalog.snapshot import Snapshot
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection

Change = tuple[Model, Model]
MIB = 1 << 20


class CatalogFull(Conflict):
    """`limit`, `used` and `wanted` are of the limit that `field` names."""

    slug, title = "catalog-full", "The catalog is full"


def require_capacity(
    tenant: TenantConnection, snapshot: Snapshot, created: Sequence[Model] = (), changed: Iterable[Change] = ()
) -> None:
    """CatalogFull if this would enlarge the catalog beyond its limits; what does not enlarge it always fits."""
    limits = tenant.limits
    if created and snapshot.documents + len(created) > limits.catalog_documents:
        raise _too_many(snapshot.documents, len(created), limits.catalog_documents)
    growth = sum(map(size_of, created)) + sum(size_of(after) - size_of(before) for before, after in changed)
    if growth > 0 and snapshot.bytes + growth > limits.catalog_bytes:
        raise _too_large(snapshot.bytes, growth, limits.catalog_bytes)


def _too_many(used: int, wanted: int, limit: int) -> CatalogFull:
    return CatalogFull(
        f"The catalog may have {limit:,} documents. It has {used:,}, and this would add {wanted:,}. "
        "Delete what is no longer needed, or ask an operator for more (limits.catalog_documents).",
        field="catalog_documents",
        limit=limit,
        used=used,
        wanted=wanted,
    )


def _too_large(used: int, wanted: int, limit: int) -> CatalogFull:
    return CatalogFull(
        f"The catalog may have {limit / MIB:,.1f} MiB. It has {used / MIB:,.1f}, and this would add "
        f"{wanted / MIB:,.3f}. Delete what is no longer needed, shorten descriptions, properties "
        "and states, or ask an operator for more (limits.catalog_bytes).",
        field="catalog_bytes",
        limit=limit,
        used=used,
        wanted=wanted,
    )
