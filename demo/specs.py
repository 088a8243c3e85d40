"""Specifications of the demo's sites as plain values; `install.py` turns them into catalog documents."""

from __future__ import annotations

from dataclasses import dataclass, field

Kind = str  # "continuous" | "discrete" | "counter" | "text"


@dataclass(frozen=True, slots=True)
class AreaSpec:
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class AssetSpec:
    tag: str
    name: str
    type: str
    area: str
    parent: str | None = None
    properties: dict[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorSpec:
    tag: str
    asset: str
    name: str
    unit: str = ""
    kind: Kind = "continuous"
    range: tuple[float, float] | None = None
    states: tuple[str, ...] = ()
    interval_s: float | None = 60.0
    description: str = ""

    @property
    def sampling(self) -> str:
        return "on_change" if self.kind == "discrete" else "periodic"


@dataclass(frozen=True, slots=True)
class ConnectionSpec:
    source: str
    target: str
    medium: str


@dataclass(frozen=True, slots=True)
class SiteSpec:
    slug: str
    name: str
    timezone: str
    areas: tuple[AreaSpec, ...]
    assets: tuple[AssetSpec, ...]
    sensors: tuple[SensorSpec, ...]
    connections: tuple[ConnectionSpec, ...]
