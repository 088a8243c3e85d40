"""Sensors that were created from what arrived, as the series that they were written as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from ingest.sources.influxdb.query.schema import CombinedSchema, MeasurementView, Schema, Series, VirtualSchema, view_of

Tags = tuple[tuple[str, str], ...]


class OriginSchema:
    """Measurement, tags and field: those of the sensors' origins. Sensors without one are not in it."""

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self._sensors = sensors

    def names(self) -> list[str]:
        return sorted(self._series)

    def measurement(self, name: str) -> MeasurementView | None:
        found = self._series.get(name)
        if found is None:
            return None
        return view_of(name, (Series(dict(tags), fields) for tags, fields in found.items()))

    @cached_property
    def _series(self) -> Mapping[str, Mapping[Tags, Mapping[str, Sensor]]]:
        found: dict[str, dict[Tags, dict[str, Sensor]]] = defaultdict(lambda: defaultdict(dict))
        for sensor in self._sensors:
            if (origin := sensor.origin) is not None:
                tags = tuple(sorted((key, value) for key, value in origin.tags.items() if value))
                found[origin.name][tags][origin.field] = sensor
        return found


def schema_of(snapshot: Snapshot) -> Schema:
    """Both views. In a measurement that both have, a sensor is shown as it was written until somebody has named it."""
    sensors = [sensor for sensor in snapshot.sensors.values() if sensor.origin is not None]
    virtual = VirtualSchema(snapshot)
    if not sensors:
        return virtual
    unmapped = OriginSchema([sensor for sensor in sensors if sensor.unmapped])
    return CombinedSchema(unmapped, virtual, OriginSchema([sensor for sensor in sensors if not sensor.unmapped]))
