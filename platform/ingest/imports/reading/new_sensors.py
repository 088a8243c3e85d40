"""Sensors that an import creates if its mapping says so: tag and unit from the header, kind from the values."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from msgspec import structs

from catalog import rules
from catalog.models import Sensor, Site
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from catalog.units import canonical, quantity_of
from ingest.imports.formats.rows import SAMPLE_ROWS
from ingest.imports.mapping.model import Column, Mapping, header_name
from ingest.imports.reading.cells import OFF, ON, Reader
from ingest.imports.reading.long_rows import rows_by_name
from ingest.imports.report.model import ImportNewSensor
from ingest.validation import Catalog
from kernel import ids
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection

MAX_DRAFTS, MAX_NAMES = 10_000, 100_000
MAX_STATES = 20  # distinct words up to which a column has states rather than texts
MIN_COUNTED = 10  # needed to recognize a counter
COUNTED = ("energy", "volume")
_CLOSING = {"]": "[", ")": "("}


class DraftedCatalog:
    """A catalog snapshot with the sensors that the import is going to create."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by_id: dict[str, Sensor] = {}
        self._by_tag: dict[tuple[str, str], Sensor] = {}
        self.new: list[ImportNewSensor] = []
        self.sites: Table[str, Site] = catalog.sites
        self.sensors: Table[str, Sensor] = ChainMap(self._by_id, dict(catalog.sensors))

    def site(self, id_or_slug: str) -> Site | None:
        return self._catalog.site(id_or_slug)

    def sensor(self, site_id: str, id_or_tag: str) -> Sensor | None:
        return self._catalog.sensor(site_id, id_or_tag) or self._by_tag.get((site_id, id_or_tag))

    @cached_property
    def names(self) -> set[str]:
        """Tags and ids of the sensors of all sites."""
        return {name for sensor in self.sensors.values() for name in (sensor.tag, sensor.id)}

    @property
    def drafts(self) -> list[Sensor]:
        return list(self._by_id.values())

    def is_draft(self, sensor: Sensor) -> bool:
        return sensor.id in self._by_id

    def draft(self, site: Site, tag: str, found: FoundColumn, mapping: Mapping) -> Sensor:
        """Drafts the sensor for a column. BadRequest if the name cannot be a tag."""
        if len(self._by_id) >= MAX_DRAFTS:
            raise BadRequest(
                f"More than {MAX_DRAFTS:,} sensors would be created; this does not look like a header.",
                slug="bad-mapping",
            )
        try:
            tag = rules.tag(tag)
        except ValueError as error:
            raise BadRequest(
                f"{found.file}: no sensor can be made for the column {found.header[:80]!r}, as its tag {error} "
                "Name one in `columns`, or the column in `ignore`.",
                slug="bad-mapping",
            ) from None
        sensor = guess_sensor(site, tag, found, mapping)
        self._by_id[sensor.id] = self._by_tag[site.id, tag] = sensor
        self.names.update((tag, sensor.id))
        self.new.append(
            ImportNewSensor(
                site.slug, tag, sensor.name, sensor.unit, sensor.kind, dict(sensor.states), found.file, found.header
            )
        )
        return sensor


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column without a sensor, and its first cells."""

    file: str
    header: str
    cells: Sequence[str]
    rule: Column


class NewNames:
    """The first cells of each new name in a long file."""

    def __init__(self) -> None:
        self.cells: dict[str, list[str]] = {}

    def add(self, names: pa.StringArray, values: pa.StringArray) -> None:
        for name, rows in rows_by_name(names):
            cells = self.cells.setdefault(name, [])
            if name and len(cells) < SAMPLE_ROWS:
                cells += values.take(pa.array(rows[: SAMPLE_ROWS - len(cells)])).to_pylist()
            if len(self.cells) > MAX_NAMES:
                raise BadRequest(f"The column of names has more than {MAX_NAMES:,} of them.", slug="bad-mapping")
        self.cells.pop("", None)


def tag_and_unit(header: str) -> tuple[str, str]:
    """`Temp [°C]` is Temp in °C; brackets without a known unit belong to the name."""
    text = header_name(header)
    opening = text.rfind(_CLOSING[text[-1]]) if text[-1:] in _CLOSING else -1
    if opening > 0:
        try:
            return text[:opening].strip(), canonical(text[opening + 1 : -1])
        except ValueError:
            pass
    return text, ""


def guess_sensor(site: Site, tag: str, found: FoundColumn, mapping: Mapping) -> Sensor:
    name, unit = tag_and_unit(found.header)
    sensor = Sensor(id=ids.new_id(ids.SENSOR), site=site.id, tag=tag, name=name or tag, unit=unit)
    cells = [cell.strip() for cell in found.cells if cell.strip()]
    values = Reader(sensor, found.rule, mapping).read(pa.array(cells, pa.string()))
    numbers = np.asarray(values.v)[values.take]
    if len(numbers) and len(numbers) >= values.unreadable.sum():
        return structs.replace(sensor, kind="counter") if _is_register(numbers, unit) else sensor
    unread = [cell for cell, wrong in zip(cells, values.unreadable.tolist(), strict=True) if wrong]
    words = list({word.casefold(): word for word in reversed(unread)}.values())
    if not words:
        return sensor
    if len(words) > MAX_STATES or len(words) * 2 > max(len(cells), 4):
        return structs.replace(sensor, kind="text", unit="")
    return structs.replace(sensor, kind="discrete", unit="", states=_states(words))


def _is_register(numbers: np.ndarray, unit: str) -> bool:
    """Whether values only rise, in a unit of energy or volume."""
    steps = np.diff(numbers)
    return len(numbers) >= MIN_COUNTED and bool((steps >= 0).all() and steps.any()) and quantity_of(unit) in COUNTED


def _states(words: Sequence[str]) -> dict[str, str]:
    """Off and On are 0 and 1; other words are numbered alphabetically."""
    ordered = sorted(words, key=str.casefold)
    if {word.casefold() for word in words} <= {*ON, *OFF}:
        ordered = [word for word in ordered if word.casefold() in OFF] or ["Off"]
        ordered += [word for word in sorted(words) if word.casefold() in ON]
    return {str(number): word for number, word in enumerate(ordered)}


def make_sensors(tenant: TenantConnection, catalog: DraftedCatalog, readers: Iterable[Reader]) -> DraftedCatalog:
    """Creates the drafted sensors that do not exist yet and points the readers to them; returns the new catalog."""
    known = snapshot_of(tenant)
    items = [
        {
            "site": known.sites[draft.site].slug,
            "tag": draft.tag,
            "name": draft.name,
            "unit": draft.unit,
            "kind": draft.kind,
            "states": draft.states,
        }
        for draft in catalog.drafts
        if known.sensor(draft.site, draft.tag) is None
    ]
    bulk_upsert(tenant, "sensors", items)
    drafted = DraftedCatalog(snapshot_of(tenant))
    drafted.new = catalog.new
    for reader in readers:
        if catalog.is_draft(reader.sensor):
            sensor = drafted.sensor(reader.sensor.site, reader.sensor.tag)
            if sensor is None:
                raise Conflict(
                    f"The sensor {reader.sensor.tag} was created and has already been removed.", slug="sensor-gone"
                )
            reader.sensor = sensor
    return drafted
