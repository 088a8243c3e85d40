"""Checks the values for every tenant's chart against the chart's schema, once at start-up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.home import PROJECT

OWN = PROJECT / "charts" / "tenantstack"
OF_EACH = {"tenant": "it is each tenant's own", "restore": "a restore is one tenant's"}
DISK_OF_EACH = ("id", "size", "keep", "volume", "existingClaim")


def invalid_values(values: Mapping[str, Any], chart: str) -> str:
    """What does not match the schema, starting with its key; empty if everything does."""
    for key, why in OF_EACH.items():
        if key in values:
            return f"`{key}` cannot be set for all tenants: {why}."
    disk = values.get("disk")
    for key in DISK_OF_EACH:
        if isinstance(disk, Mapping) and key in disk:
            return f"`disk.{key}` cannot be set for all tenants: it is each tenant's own."
    # Imported here: it takes a tenth of a second, which only processes with such a file should pay.
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
    """The schema of the configured chart if that is a local folder; otherwise of the bundled chart."""
    own = Path(chart) / "values.schema.json"
    found: dict[str, Any] = json.loads((own if own.is_file() else OWN / own.name).read_text())
    return found


def _without_required(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without required values at the top and in `disk`, which are set per tenant."""
    schema.pop("required", None)
    schema.get("properties", {}).get("disk", {}).pop("required", None)
    return schema
