"""Retention settings: how long samples and rows are kept, for the tenant and for sites with their own setting."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from historian.ladder.horizons import COLLECTION, change_retention
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from web.stores import documents, marks

TENANT = "tenant"  # the id of the tenant's own setting, among those of sites
MIN_DAYS, MAX_DAYS = 2, 36_500
Days = Annotated[
    Annotated[int, Meta(extra_json_schema={"minimum": MIN_DAYS, "maximum": MAX_DAYS})] | None,
    Meta(description=f"{MIN_DAYS} to {MAX_DAYS:,}; null: forever"),
]


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long samples are kept, and how long the rollups for long ranges."""

    raw_days: Days = None
    ladder_days: Days = None


class RetentionResponse(Struct, frozen=True, kw_only=True):
    """`own`: whether the site has a setting of its own; otherwise the tenant's applies."""

    raw_days: Days
    ladder_days: Days
    own: bool
    raw_from: Annotated[int | None, Meta(description="Epoch ms: raw samples before were deleted; null: none")] = None


def retention_of(tenant: TenantConnection, site: str | None = None) -> RetentionResponse:
    """The retention of the site, or of those without a setting of their own."""
    kept = {document["_id"]: document for document in documents(tenant).find(COLLECTION)}
    own = kept.get(site or TENANT, {})
    chosen = own if "raw_days" in own else kept.get(TENANT, {})
    return RetentionResponse(
        raw_days=chosen.get("raw_days"),
        ladder_days=chosen.get("ladder_days"),
        own="raw_days" in own,
        raw_from=own.get("raw_from") if site else None,
    )


def set_retention(tenant: TenantConnection, wanted: Retention | None, site: str | None = None) -> RetentionResponse:
    """Store a setting; None removes a site's own. It takes effect with the next daily run."""
    if wanted is not None:
        _check(wanted)
        change_retention(tenant, site or TENANT, raw_days=wanted.raw_days, ladder_days=wanted.ladder_days)
    elif site is not None and documents(tenant).get(COLLECTION, site) is not None:
        gone = ("raw_days", "ladder_days")
        documents(tenant).change(
            COLLECTION, site, lambda kept: {name: value for name, value in kept.items() if name not in gone}
        )
    return retention_of(tenant, site)


def forget_site(tenant: TenantConnection, site: str) -> None:
    """Delete the site's settings."""
    documents(tenant).delete_ids(COLLECTION, [site])
    marks().set_horizon(tenant.prefix, site, None)


def _check(wanted: Retention) -> None:
    for name in ("raw_days", "ladder_days"):
        days = getattr(wanted, name)
        if days is not None and not MIN_DAYS <= days <= MAX_DAYS:
            raise BadRequest(f"{name}={days} is not from {MIN_DAYS} to {MAX_DAYS:,}.", slug="bad-retention", field=name)
    if wanted.ladder_days is not None and (wanted.raw_days is None or wanted.raw_days > wanted.ladder_days):
        raise BadRequest(
            "Rollups are kept at least as long as the samples: give raw_days, no larger than ladder_days.",
            slug="bad-retention",
            field="ladder_days",
        )
