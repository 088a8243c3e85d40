"""The names of a local tenant's program and ports. Pure."""

from __future__ import annotations

PREFIX = "influx-"


def program_name(tenant: str) -> str:
    return f"{PREFIX}{tenant}"


def tenant_of_program(name: str) -> str:
    """The id of the tenant whose influxd this program is; empty for other programs."""
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""


def port_names(tenant: str) -> tuple[str, str]:
    """For HTTP, and for backups."""
    return f"{PREFIX}{tenant}-http", f"{PREFIX}{tenant}-backup"
