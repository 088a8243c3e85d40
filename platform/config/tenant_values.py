"""Whether values for every tenant's chart have the shape that the chart takes: asked once, before anything starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.home import PROJECT

OWN = PROJECT / "charts" / "tenantstack"
OF_EACH = {"tenant": "it is each tenant's own", "restore": "a restore is one tenant's"}
DISK_OF_EACH = ("id", "size", "keep", "volume", "existingClaim")


def wrong_values(values: Mapping[str, Any], chart: str) -> str:
    """What does not fit, beginning with its key; empty where all does."""
    for key, why in OF_EACH.items():
        if key in values:
            return f"`{key}` cannot be set for all tenants: {why}."
    disk = values.get("disk")
    for key in DISK_OF_EACH:
        if isinstance(disk, Mapping) and key in disk:
            return f"`disk.{key}` cannot be set for all tenants: it is each tenant's own."
    # Read here alone: it takes a tenth of a second, which no process should pay that has no such file.
    from jsonschema.validators import validator_for

    schema = _without_required(_schema(chart))
    errors = sorted(
        validator_for(schema)(schema).iter_errors(dict(values)), key=lambda error: list(error.absolute_path)
    )
    if not errors:
        return ""
    where = ".".join(map(str, errors[0].absolute_path)) or "the file"
    return f"`{where}`: {errors[0].message}"


def _schema(chart: str) -> dict[str, Any]:
    """Of the chart, where it is a folder here; else of the one that came with us."""
    own = Path(chart) / "values.schema.json"
    found: dict[str, Any] = json.loads((own if own.is_file() else OWN / own.name).read_text())
    return found


def _without_required(schema: dict[str, Any]) -> dict[str, Any]:
    """What every tenant has of its own comes later, at the top and in `disk`."""
    schema.pop("required", None)
    schema.get("properties", {}).get("disk", {}).pop("required", None)
    return schema
