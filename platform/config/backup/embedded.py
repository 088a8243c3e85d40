"""Only embedded servers can be backed up here; external ones have their own tools."""

from __future__ import annotations

import os

from django.core.management.base import CommandError

EXTERNAL = ("DATABASE_URL", "MONGODB_URI", "REDIS_URL")


def check_embedded(what: str) -> None:
    """Raises CommandError that names the variables pointing to external servers."""
    named = [name for name in EXTERNAL if os.environ.get(name)]
    if named:
        raise CommandError(
            f"Only an embedded installation can be {what} here, but {', '.join(named)} names an external server."
            " Use that server's own tools."
        )
