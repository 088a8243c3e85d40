"""Tells operators who watch a tenant or a roll-out that it has changed."""

from __future__ import annotations

from django.db import transaction

from web.stream import TENANTS, publish


def announce_change(slug: str = "") -> None:
    """Once it is committed. Without a slug it may be any tenant."""
    transaction.on_commit(lambda: publish(None, TENANTS, tenant=slug))
