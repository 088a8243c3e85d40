"""Time spans the simulator has written, stored in the tenant's documents so that they are deleted with the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from demo.spans import Span, Spans, merge_spans
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from web.stores import documents

COLLECTION = "simulators"


def read_coverage(tenant: TenantConnection, site: str) -> Spans:
    document = documents(tenant).get(COLLECTION, site)
    return _spans(document) if document else ()


def add_coverage(tenant: TenantConnection, site: str, spans: Iterable[Span]) -> Spans:
    """Call only when the samples of these spans are stored."""
    added = merge_spans(spans)
    database = documents(tenant)
    if database.get(COLLECTION, site) is None:
        try:
            database.insert(COLLECTION, {"_id": site, **_fields(added)})
            return added
        except Conflict:
            pass  # inserted concurrently: update it instead

    def extended(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, **_fields(merge_spans([*_spans(document), *added]))}

    return _spans(database.change(COLLECTION, site, extended))


def _spans(document: dict[str, Any]) -> Spans:
    return tuple(zip(document["starts"], document["ends"], strict=True))


def _fields(spans: Spans) -> dict[str, list[int]]:
    """Two lists: the embedded document database cannot store lists of lists."""
    return {"starts": [start for start, _ in spans], "ends": [end for _, end in spans]}
