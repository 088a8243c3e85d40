"""Which version of a drawing is valid at a given time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from twin.models import Drawing, VersionInfo


def valid_at(versions: Sequence[VersionInfo], at: int) -> VersionInfo | None:
    """The version valid at `at`: the latest `valid_from` not after it, and the newest of several with the same one."""
    begun = [version for version in versions if version.valid_from <= at]
    return max(begun, key=lambda version: (version.valid_from, version.version)) if begun else None


def within(versions: Sequence[VersionInfo], start: int, end: int) -> list[VersionInfo]:
    """The versions that become valid in `start <= t < end`, in chronological order."""
    found = [version for version in versions if start <= version.valid_from < end]
    return sorted(found, key=lambda version: (version.valid_from, version.version))


def in_force(versions: Sequence[VersionInfo], start: int, end: int) -> list[VersionInfo]:
    """The versions valid at any time in the range."""
    first = valid_at(versions, start)
    return ([first] if first else []) + [version for version in within(versions, start, end) if version != first]


def sensors_of(drawing: Drawing) -> list[str]:
    """The distinct sensors bound on the drawing, in its order."""
    bound = [binding.sensor for placement in drawing.placements for binding in placement.slots.values()]
    return list(dict.fromkeys([*bound, *(tag.sensor for tag in drawing.tags)]))
