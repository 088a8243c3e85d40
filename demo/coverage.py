"""Which of its past the simulator has written; in the tenant's documents, so that it goes with the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from demo.spans import Span, Spans, united
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from web.stores import documents

COLLECTION = "simulators"


def read_coverage(tenant: TenantConnection, site: str) -> Spans:
    document = documents(tenant).get(COLLECTION, site)
    return united(document["covered"]) if document else ()


def add_coverage(tenant: TenantConnection, site: str, spans: Iterable[Span]) -> Spans:
    """Call only when the samples of these spans are stored."""
    added = [list(span) for span in spans]
    database = documents(tenant)
    if database.get(COLLECTION, site) is None:
        try:
            database.insert(COLLECTION, {"_id": site, "covered": added})
            return united(added)
        except Conflict:
            pass  # somebody was faster: then it is a change

    def extended(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "covered": [list(span) for span in united([*document["covered"], *added])]}

    return united(database.change(COLLECTION, site, extended)["covered"])
