"""What the data plane knows of a tenant."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Zero never means unlimited."""

    sensors: int = 20_000
    samples_per_s: int = 100_000
    requests_per_s: int = 1_000  # that send samples or events
    stream_length: int = 1_000_000
    upload_bytes: int = 20 << 30  # for history files on the server's disk
    catalog_documents: int = 50_000  # sites, areas, assets, sensors and connections together
    catalog_bytes: int = 32 << 20  # of those, as JSON
    dead_letters: int = 10_000
    dead_letter_bytes: int = 4 << 20
    new_series_per_hour: int = 5_000  # sensors that arrivals create
    events_per_s: int = 1_000
    events_per_day: int = 10_000_000
    event_types: int = 200
    event_fields: int = 250  # of a type's schema
    event_attachment_bytes: int = 5 << 30
    devices: int = 5_000
    open_commands: int = 1_000  # of all devices, until they end
    heartbeats_per_s: int = 500


@dataclass(frozen=True, slots=True)
class TenantConnection:
    """Where a tenant's data is and how to access it. Everything is named by `id`, which is never reused."""

    id: str
    slug: str
    name: str
    influx_url: str
    reader: Credentials
    writer: Credentials
    limits: Limits = Limits()
    disk: str = ""  # the id that its data is stored under: its own, or that of the kept disk it adopted

    @property
    def documents(self) -> str:
        """Name of the tenant's document database."""
        return f"plantrace_{self.disk or self.id}"

    @property
    def prefix(self) -> str:
        """Prefix of the tenant's Redis keys, except those of its documents: they are under `pt:<disk>:`."""
        return f"pt:{self.id}:"
