"""The catalog's own conflicts."""

from __future__ import annotations

from kernel.errors import Conflict


class AlreadyExists(Conflict):
    """`current`: the document that has the name."""

    slug, title = "already-exists", "Name already taken"


class StaleRevision(Conflict):
    """`current`: the document as it is now."""

    slug, title = "stale-revision", "Changed in the meantime"


class InUse(Conflict):
    """`dependents`: what depends on it."""

    slug, title = "in-use", "Others depend on it"
