"""The list of sources. To add one, make a folder beside `influxdb/` and name its `SOURCE` here."""

from __future__ import annotations

from ingest.sources import events, influxdb
from ingest.sources.source import Source

SOURCES: tuple[Source, ...] = (influxdb.SOURCE, events.SOURCE)


def basic_auth_paths() -> frozenset[str]:
    """Addresses at which a token may be the password of Basic authentication."""
    return frozenset[str]().union(*(source.basic_auth for source in SOURCES))


def source_named(name: str) -> Source | None:
    return next((source for source in SOURCES if source.name == name), None)
