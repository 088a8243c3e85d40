"""When a schematic's versions show what. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from catalog.models import DrawnPeriod, Link
from twin.models import VersionInfo

V = TypeVar("V", bound=VersionInfo)


class Shown(NamedTuple):
    """What a version shows, and since when it is valid."""

    version: int
    valid_from: int
    links: frozenset[Link]


def in_order(versions: Iterable[V]) -> list[V]:
    """Those that are ever valid, in chronological order: of several with one `valid_from` the newest."""
    newest: dict[int, V] = {}
    for version in sorted(versions, key=lambda each: each.version):
        newest[version.valid_from] = version
    return [newest[moment] for moment in sorted(newest)]


def periods_of(schematic: str, shown: Iterable[Shown]) -> dict[Link, list[DrawnPeriod]]:
    """When each link is shown; consecutive versions that show it are one period. `shown`: as `in_order` has them."""
    periods: dict[Link, list[DrawnPeriod]] = {}
    open_: dict[Link, Shown] = {}
    for version in shown:
        for link in open_.keys() - version.links:
            _close(periods, schematic, link, open_.pop(link), version.valid_from)
        for link in version.links - open_.keys():
            open_[link] = version
    for link, since in open_.items():
        _close(periods, schematic, link, since, None)
    return periods


def _close(periods: dict[Link, list[DrawnPeriod]], schematic: str, link: Link, since: Shown, until: int | None) -> None:
    periods.setdefault(link, []).append(DrawnPeriod(schematic, since.version, since.valid_from, until))
