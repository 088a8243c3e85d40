"""What can be queried: measurements of series, each with tags and fields. A field is a sensor.

A `Schema` is a view of a catalog. `VirtualSchema` shows each site as a measurement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from catalog.models import Asset, Sensor
from catalog.snapshot import Snapshot
from historian.rungs.sensors import is_text

VALUE, TEXT = "value", "text"  # the fields of the virtual schema, as in line protocol
FLOAT, STRING = "float", "string"
TAGS = ("area", "asset", "sensor", "unit")


@dataclass(frozen=True, slots=True)
class Series:
    """`tags` without empty ones. `ids`: what is accepted in place of a tag's value."""

    tags: Mapping[str, str]
    fields: Mapping[str, Sensor]
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasurementView:
    """The series of a measurement, sorted by their tags."""

    name: str
    series: Sequence[Series]

    @cached_property
    def tag_keys(self) -> list[str]:
        return sorted({key for series in self.series for key in series.tags})

    @cached_property
    def fields(self) -> dict[str, str]:
        """The type of each field, by name."""
        found: dict[str, str] = {}
        for series in self.series:
            for name, sensor in series.fields.items():
                if found.get(name) != FLOAT:
                    found[name] = STRING if is_text(sensor) else FLOAT
        return dict(sorted(found.items()))


class Schema(Protocol):
    """A view of a tenant's series by measurement, tags and fields."""

    def names(self) -> list[str]:
        """The names of all measurements, sorted."""

    def measurement(self, name: str) -> MeasurementView | None:
        """A measurement by its name, or by the id of what it stands for."""


class VirtualSchema:
    """Measurement: a site's slug; tags `sensor`, `asset`, `area`, `unit`; field `value`, of texts `text`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._views: dict[str, MeasurementView] = {}

    def names(self) -> list[str]:
        """Without sites of which nobody has named a sensor: their series are listed as they were written."""
        sites = {sensor.site for sensor in self._snapshot.sensors.values() if not sensor.unmapped}
        return sorted(site.slug for site in self._snapshot.sites.values() if site.id in sites)

    def measurement(self, name: str) -> MeasurementView | None:
        site = self._snapshot.site(name)
        if site is None:
            return None
        if site.id not in self._views:
            sensors = self._by_site.get(site.id, ())
            self._views[site.id] = view_of(site.slug, map(self._series, sensors))
        view = self._views[site.id]
        return view if view.series else None

    @cached_property
    def _by_site(self) -> Mapping[str, Sequence[Sensor]]:
        found: dict[str, list[Sensor]] = defaultdict(list)
        for sensor in self._snapshot.sensors.values():
            found[sensor.site].append(sensor)
        return found

    def _series(self, sensor: Sensor) -> Series:
        asset = self._snapshot.assets.get(sensor.asset or "")
        area = self._snapshot.areas.get(self._area(asset) or "")
        tags = {
            "area": area.name if area else "",
            "asset": asset.tag if asset else "",
            "sensor": sensor.tag,
            "unit": sensor.unit,
        }
        ids = {"sensor": sensor.id} | ({"asset": asset.id} if asset else {}) | ({"area": area.id} if area else {})
        name = TEXT if is_text(sensor) else VALUE
        return Series({key: value for key, value in tags.items() if value}, {name: sensor}, ids)

    def _area(self, asset: Asset | None) -> str | None:
        """That of the asset, or of the nearest one above it that has one."""
        seen: set[str] = set()
        while asset is not None and asset.area is None and asset.id not in seen:
            seen.add(asset.id)
            asset = self._snapshot.assets.get(asset.parent or "")
        return asset.area if asset else None


class CombinedSchema:
    """Several views as one. A series of a later one is left out where an earlier one has its measurement's name and
    one of its sensors."""

    def __init__(self, *schemas: Schema) -> None:
        self._schemas = schemas

    def names(self) -> list[str]:
        return sorted({name for schema in self._schemas for name in schema.names()})

    def measurement(self, name: str) -> MeasurementView | None:
        found = [view for schema in self._schemas if (view := schema.measurement(name)) is not None]
        if len(found) <= 1:
            return found[0] if found else None
        series: list[Series] = []
        known: set[str] = set()
        for view in found:
            more = [each for each in view.series if known.isdisjoint(sensor.id for sensor in each.fields.values())]
            series += more
            known |= {sensor.id for each in more for sensor in each.fields.values()}
        return view_of(found[0].name, series)


def view_of(name: str, series: Iterable[Series]) -> MeasurementView:
    return MeasurementView(name, sorted(series, key=lambda each: sorted(each.tags.items())))
