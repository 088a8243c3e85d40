"""The configuration file of one tenant's influxd. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InfluxConfiguration:
    """Listens on 127.0.0.1 only. `shared_secret` signs the worker's tokens for when a password is lost.

    `release` and `settings` are those of the tenant's release.
    """

    folder: Path
    http_port: int
    backup_port: int
    shared_secret: str = field(repr=False)
    release: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """TOML for `influxd run -config`."""
        sections = "\n".join(_section(name, values) for name, values in self._sections().items())
        return f"# release {self.release}\n{sections}" if self.release else sections

    def _sections(self) -> dict[str, dict[str, object]]:
        return {
            "": {"bind-address": f"127.0.0.1:{self.backup_port}", "reporting-disabled": True},
            "meta": {"dir": str(self.folder / "meta"), "retention-autocreate": False, "logging-enabled": False},
            "data": {
                "dir": str(self.folder / "data"),
                "wal-dir": str(self.folder / "wal"),
                "index-version": "tsi1",
                "query-log-enabled": False,
                "max-series-per-database": 0,  # ignored with tsi1 anyway: the number of sensors is limited by us
                "max-values-per-tag": 0,
                "cache-max-memory-size": self.settings.get("cacheMaxMemory", "512m"),
                "cache-snapshot-write-cold-duration": self.settings.get("snapshotColdDuration", "2m"),
                "max-concurrent-compactions": 1,
            },
            "coordinator": {"query-timeout": "60s", "max-concurrent-queries": 0, "write-timeout": "20s"},
            "retention": {"enabled": False},  # both policies keep forever; retention is ours
            "shard-precreation": {"enabled": False},
            "monitor": {"store-enabled": False},
            "subscriber": {"enabled": False},
            "continuous_queries": {"enabled": False},
            "http": {
                "bind-address": f"127.0.0.1:{self.http_port}",
                "auth-enabled": True,
                "shared-secret": self.shared_secret,
                "flux-enabled": False,
                "log-enabled": False,
                "pprof-enabled": False,
                "max-body-size": 0,
                "max-row-limit": 0,
            },
            "logging": {"level": "warn", "suppress-logo": True},
        }


def _section(name: str, values: dict[str, object]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([*([f"[{name}]"] if name else []), *lines, ""])
