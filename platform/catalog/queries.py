"""Queries on a catalog: filters, search, and what feeds what. All from the snapshot."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Literal, get_args

from catalog.dependents import below
from catalog.kinds import AREAS, ASSETS, CONNECTIONS, CatalogKind
from catalog.models import Connection, Kind, Model, Site
from catalog.operations import found
from catalog.responses import Reached
from catalog.snapshot import Snapshot
from catalog.units import canonical
from kernel.errors import BadRequest, NotFound
from kernel.suggest import did_you_mean
from kernel.times import parse_time
from web.query import parse_flag

FILTERS: Mapping[str, tuple[str, ...]] = {
    "sites": ("q",),
    "areas": ("q", "site", "parent"),
    "assets": ("q", "site", "area", "parent", "type"),
    "sensors": ("q", "site", "area", "asset", "kind", "unit", "unmapped"),
    "connections": ("q", "site", "asset", "medium", "schematic", "at", "ended"),
}
TIMES = ("at", "ended")  # of the moment that is asked for
MAX_WORDS = 20  # searched in all texts of the catalog
PAGING = ("limit", "cursor", "tenant")


def matching(snapshot: Snapshot, kind: CatalogKind, filters: Mapping[str, str], now: int) -> list[tuple[str, Model]]:
    """(sort key, document) of those that match all filters, sorted. Raises BadRequest for an unknown filter.

    Connections are those of `at`, by default of now; `ended` has them all.
    """
    check_filters(kind, filters)
    entries = list(snapshot.ordered(kind.name))
    if kind is CONNECTIONS and (at := _moment(filters, now)) is not None:
        entries = [entry for entry in entries if entry[1].is_valid(at)]  # type: ignore[union-attr]
    site = _site(snapshot, filters["site"]) if filters.get("site") else None
    if site is not None:
        entries = [entry for entry in entries if getattr(entry[1], "site", None) == site.id]
    for name, value in filters.items():
        if value and name not in ("site", "q", *TIMES, *PAGING):
            entries = _filtered(snapshot, kind, entries, name, value, site)
    if words := _words(filters.get("q", "")):
        text = snapshot.haystack(kind.name)
        entries = [entry for entry in entries if all(word in text[entry[1].id] for word in words)]
    return entries


def _moment(filters: Mapping[str, str], now: int) -> int | None:
    """None: any."""
    if "at" in filters:
        return parse_time(filters["at"], "at")
    return None if parse_flag(filters.get("ended", "false"), "ended") else now


def _words(text: str) -> list[str]:
    words = list(dict.fromkeys(text.casefold().split()))
    if len(words) > MAX_WORDS:
        raise BadRequest(f"q has {len(words)} words; at most {MAX_WORDS} are searched for.", slug="bad-filter")
    return words


def check_filters(kind: CatalogKind, filters: Mapping[str, str]) -> None:
    known = FILTERS[kind.name]
    for name in filters:
        if name not in known and name not in PAGING:
            hint = did_you_mean(name, known) or f" There are {', '.join(known)}."
            raise BadRequest(f"{kind.name} have no filter “{name[:60]}”.{hint}", slug="unknown-filter", parameter=name)


def _filtered(
    snapshot: Snapshot, kind: CatalogKind, entries: list[tuple[str, Model]], name: str, value: str, site: Site | None
) -> list[tuple[str, Model]]:
    if name == "area":
        return _in_area(snapshot, kind, entries, _only(snapshot, AREAS, value, site))
    if name in ("parent", "asset"):
        target = AREAS if kind is AREAS else ASSETS
        id = _only(snapshot, target, value, site)
        fields = ("source", "target") if kind.name == "connections" else (name,)
        return [entry for entry in entries if any(getattr(entry[1], field) == id for field in fields)]
    if name == "unmapped":
        wanted = parse_flag(value, "unmapped")
        return [entry for entry in entries if getattr(entry[1], name) is wanted]
    if name == "schematic":
        return [entry for entry in entries if _is_drawn_by(entry[1], value)]
    value = _meant(name, value).casefold()
    return [entry for entry in entries if getattr(entry[1], name).casefold() == value]


def _is_drawn_by(connection: Model, schematic: str) -> bool:
    return isinstance(connection, Connection) and any(period.schematic == schematic for period in connection.drawn)


def _meant(name: str, value: str) -> str:
    """The value of a filter as stored in documents; BadRequest if it is invalid."""
    if name == "kind" and value not in get_args(Kind):
        hint = did_you_mean(value[:60], get_args(Kind))
        raise BadRequest(f"kind={value[:60]} is not one of {', '.join(get_args(Kind))}.{hint}", slug="bad-filter")
    if name == "unit":
        try:
            return canonical(value)
        except ValueError as error:
            raise BadRequest(f"unit: {error}", slug="bad-filter") from None
    return value


def _in_area(
    snapshot: Snapshot, kind: CatalogKind, entries: list[tuple[str, Model]], area: str
) -> list[tuple[str, Model]]:
    """In the area or one nested in it; a sensor is where its asset is."""
    inside = below(snapshot, "areas", {area})
    if kind is ASSETS:
        return [entry for entry in entries if getattr(entry[1], "area", None) in inside]
    assets = {a.id for a in snapshot.assets.values() if a.area in inside}
    return [entry for entry in entries if getattr(entry[1], "asset", None) in assets]


def _site(snapshot: Snapshot, value: str) -> Site:
    site = snapshot.site(value)
    if site is None:
        hint = did_you_mean(value, [other.slug for other in snapshot.sites.values()])
        raise NotFound(f"There is no site “{value[:80]}”.{hint}", parameter="site")
    return site


def _only(snapshot: Snapshot, kind: CatalogKind, value: str, site: Site | None) -> str:
    """The id given by a filter: an id, or a name if the site is given, too (or there is only one)."""
    if value in snapshot.kept[kind.name]:
        return value
    if site is None and len(snapshot.sites) == 1:
        site = next(iter(snapshot.sites.values()))
    named = snapshot.named(kind.name, site.id, value) if site else None
    if named is None:
        how = "" if site else f" To name it by its {kind.key[-1]}, name the site too."
        raise NotFound(f"There is no {kind.singular} “{value[:80]}”.{how}", parameter=kind.singular)
    return named.id


def reached(
    snapshot: Snapshot, id: str, direction: Literal["upstream", "downstream"], at: int, medium: str = "", depth: int = 0
) -> list[Reached]:
    """Assets that feed this one (upstream) or that it feeds at a moment, nearest first; loops are followed once.

    `depth` 0: unlimited.
    """
    found(snapshot, ASSETS, id)
    near_end, far_end = ("target", "source") if direction == "upstream" else ("source", "target")
    leaving: dict[str, list[Connection]] = {}
    for _, connection in snapshot.ordered("connections"):
        assert isinstance(connection, Connection)
        if connection.is_valid(at) and (not medium or connection.medium.casefold() == medium.casefold()):
            leaving.setdefault(getattr(connection, near_end), []).append(connection)
    seen, queue, results = {id}, deque([(id, 0)]), []
    while queue:
        asset, distance = queue.popleft()
        for connection in leaving.get(asset, ()) if not depth or distance < depth else ():
            other = getattr(connection, far_end)
            if other not in seen and other in snapshot.assets:
                seen.add(other)
                queue.append((other, distance + 1))
                results.append(Reached(snapshot.assets[other], distance + 1, connection))
    return results
