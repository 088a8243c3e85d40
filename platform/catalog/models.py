"""The catalog's entities, as values. A reference (`site`, `area`, `asset`, …) is the other's id."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct
from msgspec import field as default

from catalog.units.conversion import StoredUnit

Kind = Literal["continuous", "discrete", "counter", "text"]
Sampling = Literal["periodic", "on_change"]
SeriesKey = tuple[str | tuple[str, str], ...]
Scalar = str | int | float | bool | None

Id = Annotated[str, Meta(description="A kind letter and ten characters; unique over all tenants, never reused")]
Revision = Annotated[
    int, Meta(description="Incremented by each change; send it back to say which state you changed", ge=1, le=2**63 - 1)
]


class Site(Struct, frozen=True, kw_only=True):
    """A place with plants: a factory, a building, a pumping station."""

    id: Id
    slug: Annotated[str, Meta(description="Short name in addresses, and the measurement in line protocol")]
    name: str
    timezone: Annotated[str, Meta(description="IANA time zone, such as Asia/Dubai")]
    description: str = ""
    revision: Revision = 1


class Area(Struct, frozen=True, kw_only=True):
    """A part of a site, as its engineers name it; areas may be nested."""

    id: Id
    site: Id
    name: Annotated[str, Meta(description="Unique in its site")]
    parent: Id | None = None
    description: str = ""
    revision: Revision = 1


class Asset(Struct, frozen=True, kw_only=True):
    """A piece of equipment, or a group of them: a chiller, a pump, a header, the whole chilled-water plant."""

    id: Id
    site: Id
    tag: Annotated[str, Meta(description="The plant's own name for it, unique in its site")]
    name: str
    type: Annotated[str, Meta(description="What it is: chiller, pump, valve, …")] = ""
    area: Id | None = None
    parent: Id | None = None
    properties: Annotated[dict[str, Scalar], Meta(description="Name-plate data")] = default(default_factory=dict)
    description: str = ""
    revision: Revision = 1


MAX_SERIES_KEY = 65_536  # bytes of a series' name, tags and field together, as InfluxDB has it
_KEY = Meta(extra_json_schema={"maxLength": MAX_SERIES_KEY})


class SeriesOrigin(Struct, frozen=True):
    """The series that a sensor was created from, as it arrived."""

    source: Annotated[str, _KEY, Meta(description="The source's name, such as influxdb")]
    name: Annotated[str, _KEY, Meta(description="Measurement, topic or type of event")]
    field: Annotated[str, _KEY]
    tags: Annotated[
        dict[Annotated[str, _KEY], Annotated[str, _KEY]], Meta(extra_json_schema={"maxProperties": MAX_SERIES_KEY})
    ] = default(default_factory=dict)

    @property
    def key(self) -> SeriesKey:
        return self.source, self.name, self.field, *sorted(self.tags.items())


class Sensor(Struct, frozen=True, kw_only=True):
    """One measured or computed quantity."""

    id: Id
    site: Id
    tag: Annotated[str, Meta(description="The plant's own name for it, unique in its site")]
    name: str
    asset: Id | None = None
    unit: Annotated[str, Meta(description="Such as °C; empty for a quantity without one")] = ""
    kind: Kind = "continuous"
    states: Annotated[dict[str, str], Meta(description="Names of a discrete sensor's values, by number as text")] = (
        default(default_factory=dict)
    )
    range: Annotated[tuple[float, float] | None, Meta(description="Smallest and largest value that make sense")] = None
    trusted: Annotated[bool, Meta(description="False for an instrument known to be wrong")] = True
    interval_s: Annotated[float | None, Meta(description="Seconds between samples; null if unknown")] = None
    rollover: Annotated[float | None, Meta(description="Counters: where the register rolls over to zero")] = None
    tolerance: Annotated[float, Meta(description="Counters: a smaller decrease is noise, not a reset")] = 0.0
    sampling: Sampling = "periodic"
    stored_as: Annotated[
        StoredUnit | None,
        Meta(description="If its unit was changed with `history=convert`: the unit of its stored values"),
    ] = None
    unmapped: Annotated[bool, Meta(description="Created from incoming data and not named yet")] = False
    origin: Annotated[
        SeriesOrigin | None, Meta(description="The series it was created from; its samples still find it once named")
    ] = None
    description: str = ""
    revision: Revision = 1


class Link(NamedTuple):
    """One asset feeds another. `source`, `target`: their ids; `medium`: what arrives."""

    source: str
    target: str
    medium: str


class DrawnPeriod(Struct, frozen=True):
    """A drawing shows the connection for a time, in epoch ms."""

    schematic: Id
    version: Annotated[int, Meta(description="The version that shows it first")]
    valid_from: int
    valid_to: Annotated[int | None, Meta(description="When a version without it begins; null: still")]

    def covers(self, at: int) -> bool:
        return _covers(self.valid_from, self.valid_to, at)


class Connection(Struct, frozen=True, kw_only=True):
    """One asset feeds another with something: as somebody says (`by_hand`), as drawings show (`drawn`), or both."""

    id: Id
    site: Id
    source: Id
    target: Id
    medium: Annotated[str, Meta(description="What flows: chilled water, electricity, steam, …")] = ""
    by_hand: Annotated[bool, Meta(description="False: only drawings show it")] = True
    valid_from: Annotated[int | None, Meta(description="Since when it is so by hand, in epoch ms; null: always")] = None
    valid_to: Annotated[int | None, Meta(description="Until when, excluded; null: still")] = None
    drawn: Annotated[list[DrawnPeriod], Meta(description="When drawings show it")] = default(default_factory=list)
    description: str = ""
    revision: Revision = 1

    def is_valid(self, at: int) -> bool:
        """Whether the one feeds the other at that moment."""
        return self.is_manual(at) or any(period.covers(at) for period in self.drawn)

    def is_manual(self, at: int) -> bool:
        """Whether somebody entered it for that moment, whatever drawings show."""
        return self.by_hand and _covers(self.valid_from, self.valid_to, at)


def _covers(start: int | None, end: int | None, at: int) -> bool:
    return (start is None or start <= at) and (end is None or at < end)


Model = Site | Area | Asset | Sensor | Connection
