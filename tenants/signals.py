"""Signals about a tenant's life cycle."""

from __future__ import annotations

import logging

from django.db import transaction
from django.dispatch import Signal

from tenants.lifecycle import State

log = logging.getLogger(__name__)

# Sent once the change is committed. Arguments: tenant_id, slug, state (the new one; `deleted` when it is gone).
tenant_changed = Signal()


def announce(tenant_id: str, slug: str, state: State) -> None:
    """Send the signal once the change is committed. A failing receiver affects neither the others nor the change."""
    transaction.on_commit(lambda: _announce(tenant_id, slug, state))


def _announce(tenant_id: str, slug: str, state: State) -> None:
    outcomes = tenant_changed.send_robust(sender=None, tenant_id=tenant_id, slug=slug, state=state)
    for receiver, outcome in outcomes:
        if isinstance(outcome, Exception):
            log.error("A receiver of tenant_changed failed: %s", receiver, exc_info=outcome)
