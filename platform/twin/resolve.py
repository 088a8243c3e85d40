"""Drawings that refer to sensors and assets by tag, as people write them."""

from __future__ import annotations

from typing import Any

from twin.validation import Plant


def resolve_tags(drawing: dict[str, Any], plant: Plant) -> dict[str, Any]:
    """The drawing with ids instead of tags; unknown tags are left for validation to report."""
    assets = {str(getattr(asset, "tag", "")): id for id, asset in plant.assets.items()}
    sensors = {str(getattr(sensor, "tag", "")): id for id, sensor in plant.sensors.items()}

    def bound(part: dict[str, Any]) -> dict[str, Any]:
        return {**part, "sensor": sensors.get(part["sensor"], part["sensor"])} if "sensor" in part else part

    def placed(part: dict[str, Any]) -> dict[str, Any]:
        part = {**part, "slots": {name: bound(slot) for name, slot in part.get("slots", {}).items()}}
        return {**part, "asset": assets.get(part["asset"], part["asset"])} if part.get("asset") else part

    return {
        **drawing,
        "placements": [placed(part) for part in drawing.get("placements", [])],
        "tags": [bound(part) for part in drawing.get("tags", [])],
    }
