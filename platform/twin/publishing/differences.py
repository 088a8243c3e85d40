"""Which parts of a drawing two people changed, each from the same base. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.models import Drawing
from twin.publishing.models import ChangedBy, Difference, DifferenceKind

KINDS: tuple[DifferenceKind, ...] = ("placements", "pipes", "tags", "texts")


def differences(base: Drawing, mine: Drawing, theirs: Drawing) -> list[Difference]:
    """In the order of the drawings. What both changed in the same way is left out."""
    found = [_difference("size", "", *((each.width, each.height) for each in (base, mine, theirs)))]
    found.append(_difference("background", "", *(each.background or None for each in (base, mine, theirs))))
    for kind in KINDS:
        found += _of_kind(kind, base, mine, theirs)
    return [difference for difference in found if difference is not None]


def _of_kind(kind: DifferenceKind, base: Drawing, mine: Drawing, theirs: Drawing) -> Iterator[Difference | None]:
    in_base, in_mine, in_theirs = ({part.id: part for part in getattr(each, kind)} for each in (base, mine, theirs))
    for id in {**in_base, **in_mine, **in_theirs}:
        yield _difference(kind, id, in_base.get(id), in_mine.get(id), in_theirs.get(id))


def _difference(kind: DifferenceKind, id: str, base: Any, mine: Any, theirs: Any) -> Difference | None:
    if mine == theirs:
        return None
    changed: ChangedBy = "both" if base not in (mine, theirs) else "mine" if theirs == base else "theirs"
    return Difference(kind, id, changed, *(_shown(part) for part in (base, mine, theirs)))


def _shown(part: Any) -> Any:
    return {"width": part[0], "height": part[1]} if isinstance(part, tuple) else part
