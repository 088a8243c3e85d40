"""Operations on calculated series."""

from __future__ import annotations

from analysis.calculated import repository
from analysis.calculated.definition import Definition, define, defined
from analysis.calculated.models import (
    MAX_SERIES,
    MAX_VERSIONS,
    Calculated,
    CalculatedChange,
    CalculatedContent,
    CalculatedHead,
    CalculatedInfo,
    CalculatedVersion,
    CheckedExpression,
    Draft,
    NewCalculated,
)
from catalog.expressions.expression import InvalidExpression
from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection

MAX_WORDS = 20


def find(tenant: TenantConnection, site: str | None, text: str) -> list[CalculatedHead]:
    """Those of a site (id or slug), with all words of `text`. Raises NotFound for an unknown site."""
    found = repository.find(tenant)
    if site is not None:
        wanted = _site(snapshot_of(tenant), site)
        found = [series for series in found if series.site == wanted]
    words = text.casefold().split()
    if len(words) > MAX_WORDS:
        raise BadRequest(f"q has {len(words)} words; at most {MAX_WORDS} are searched for.", slug="bad-filter")
    return [series for series in found if all(word in _text(series) for word in words)]


def check(tenant: TenantConnection, draft: Draft) -> CheckedExpression:
    """Raises InvalidExpression, and NotFound for an unknown site."""
    snapshot = snapshot_of(tenant)
    definition = define(snapshot, _site(snapshot, draft.site), draft.expression, draft.unit)
    return CheckedExpression(definition.unit, definition.operands)


def create(tenant: TenantConnection, content: NewCalculated, *, author: str, now: int) -> Calculated:
    """Raises InvalidExpression, NotFound (the site), Conflict (the name is taken, or there are too many)."""
    snapshot = snapshot_of(tenant)
    site, name = _site(snapshot, content.site), _name(content.name)
    version = _version(1, define(snapshot, site, content.expression, content.unit), content, author, now)

    def check(others: list[CalculatedHead]) -> None:
        if len(others) >= MAX_SERIES:
            raise Conflict(f"There are {MAX_SERIES} calculated series already; delete one first.", slug="too-many")
        _check_name(name, site, others)

    return repository.insert(tenant, site, name, content.description, version, check)


def change(
    tenant: TenantConnection, id: str, content: CalculatedChange, revision: int, *, author: str, now: int
) -> Calculated:
    """Adds a version. Raises as `create` does, and Conflict for an outdated revision."""
    snapshot, name = snapshot_of(tenant), _name(content.name)

    def make(before: CalculatedHead, all: list[CalculatedHead]) -> tuple[str, str, CalculatedVersion]:
        if before.last.version >= MAX_VERSIONS:
            raise Conflict(
                f"“{before.name}” has {MAX_VERSIONS} versions; create a new series instead.", slug="too-many-versions"
            )
        _check_name(name, before.site, [each for each in all if each.id != id])
        definition = define(snapshot, before.site, content.expression, content.unit)
        return name, content.description, _version(before.last.version + 1, definition, content, author, now)

    return repository.change(tenant, id, revision, make)


def named_version(series: Calculated, number: int) -> CalculatedVersion:
    """Raises NotFound."""
    for version in series.versions:
        if version.version == number:
            return version
    raise NotFound(f"“{series.name}” has no version {number}.", slug="unknown-version")


def definition_of(tenant: TenantConnection, version: CalculatedVersion) -> Definition:
    return defined(snapshot_of(tenant), version)


def sensor_of(series: CalculatedHead | CalculatedInfo, unit: str) -> Sensor:
    """The series as what has samples, as a sensor has."""
    return Sensor(
        id=series.id, site=series.site, tag=series.name, name=series.description, unit=unit, sampling="on_change"
    )


def _text(series: CalculatedHead) -> str:
    return f"{series.name} {series.description} {series.last.expression} {series.last.unit}".casefold()


def _site(snapshot: Snapshot, name: str) -> str:
    site = snapshot.site(name)
    if site is None:
        raise NotFound(f"There is no site {name[:80]}.", slug="unknown-site", site=name[:80])
    return site.id


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or any(ord(letter) < 32 or letter in "{}" for letter in name):
        raise InvalidExpression("must have a letter or digit, and no braces or control characters.", "name")
    return name


def _check_name(name: str, site: str, others: list[CalculatedHead]) -> None:
    if any(each.site == site and each.name.casefold() == name.casefold() for each in others):
        raise Conflict(f"There is a calculated series “{name}” already; choose another name.", slug="name-taken")


def _version(
    number: int, definition: Definition, content: CalculatedContent, author: str, now: int
) -> CalculatedVersion:
    return CalculatedVersion(
        number, now, author, content.note, content.expression, definition.unit, definition.operands
    )
