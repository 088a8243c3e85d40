"""What the token of a device may write: samples of sensors that belong to the device's asset or to none (ADR 78)."""

from __future__ import annotations

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from ingest.fleet.registry import Device
from ingest.points import PointError
from ingest.validation import SensorCheck


def own_sensors(catalog: Snapshot, device: Device | None) -> SensorCheck | None:
    """None: all sensors. Those of an asset are also those of the assets below it. Sensors that arrivals create belong
    to none. Each asset is looked at once, however many sensors are checked.
    """
    if device is None or device.asset is None:
        return None
    is_own = {device.asset: True}

    def belongs(asset: str) -> bool:
        at: str | None = asset
        walked = []
        while at is not None and at not in is_own:
            walked.append(at)
            at = catalog.assets[at].parent
        found = at is not None and is_own[at]
        is_own.update(dict.fromkeys(walked, found))
        return found

    def check(sensor: Sensor) -> None:
        if sensor.asset is not None and not belongs(sensor.asset):
            asset = catalog.assets[sensor.asset].tag
            raise PointError(
                f"{sensor.tag} belongs to {asset}; the device {device.name!r}, whose token sent it, writes only what "
                "belongs to its own asset"
            )

    return check
