"""The catalog's entities, as values. A reference (`site`, `area`, `asset`, …) is the other's id."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from catalog.units.conversion import StoredUnit

Kind = Literal["continuous", "discrete", "counter", "text"]
Sampling = Literal["periodic", "on_change"]
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
    properties: Annotated[dict[str, Scalar], Meta(description="Name-plate data")] = field(default_factory=dict)
    description: str = ""
    revision: Revision = 1


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
        field(default_factory=dict)
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
    description: str = ""
    revision: Revision = 1


class Connection(Struct, frozen=True, kw_only=True):
    """One asset feeds another with something."""

    id: Id
    site: Id
    source: Id
    target: Id
    medium: Annotated[str, Meta(description="What flows: chilled water, electricity, steam, …")] = ""
    description: str = ""
    revision: Revision = 1


Model = Site | Area | Asset | Sensor | Connection
