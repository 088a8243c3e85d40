"""Only what this installation runs itself can be backed up here; outside servers have ways of their own."""

from __future__ import annotations

import os

from django.core.management.base import CommandError

OUTSIDE = ("DATABASE_URL", "MONGODB_URI", "REDIS_URL")


def check_embedded(what: str) -> None:
    """Raises CommandError that names the variables which say otherwise."""
    named = [name for name in OUTSIDE if os.environ.get(name)]
    if named:
        raise CommandError(
            f"Only an embedded installation can be {what} here, but {', '.join(named)} names an outside server."
            " Use that server's own tools."
        )
