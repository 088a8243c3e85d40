"""Signals about people, for packages that keep something of theirs."""

from __future__ import annotations

import logging

from django.db import transaction
from django.dispatch import Signal

log = logging.getLogger(__name__)

# Sent once the membership is gone. Arguments: slug (of the tenant), user_id.
person_left = Signal()


def announce_leaving(slug: str, user_id: int) -> None:
    """Send the signal once the change is committed. A failing receiver affects neither the others nor the change."""
    transaction.on_commit(lambda: _announce(slug, user_id))


def _announce(slug: str, user_id: int) -> None:
    for receiver, outcome in person_left.send_robust(sender=None, slug=slug, user_id=user_id):
        if isinstance(outcome, Exception):
            log.error("A receiver of person_left failed: %s", receiver, exc_info=outcome)
