"""Controllers and a gateway of the plant that send heartbeats, so that the demo has devices."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from dataclasses import dataclass
from threading import Event

import structlog

from catalog.snapshot import snapshot_of
from demo.device import TIMEOUT_S
from ingest.devices import operations
from ingest.devices.models import NewDevice
from ingest.fleet.registry import registry_of
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web.clock import now_ms

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PlantDevice:
    """`asset`: the tag of what it belongs to."""

    name: str
    asset: str
    note: str
    firmware: str
    configuration: str
    interval_s: int


DEVICES = (
    PlantDevice("Plant gateway", "PLANT", "Sends the plant's samples", "3.2.0", "harbour-12", 30),
    PlantDevice("CH-1 controller", "CH-1", "", "5.11.2", "chiller-4", 60),
    PlantDevice("CH-2 controller", "CH-2", "", "5.10.7", "chiller-4", 60),
)


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Sends those of all devices, each at its own interval."""

    tenant: TenantConnection
    site: str
    url: str
    token: str

    def run(self, stop: Event) -> None:
        due: dict[str, float] = {}
        while not stop.is_set():
            now = time.monotonic()
            for device in DEVICES:
                if now >= due.get(device.name, now):
                    due[device.name] = now + device.interval_s
                    self._beat(device)
            stop.wait(max(0.0, min(due.values()) - time.monotonic()))

    def _beat(self, device: PlantDevice) -> None:
        """One that fails is left out: the next one says the same."""
        try:
            self._ensure(device)
            self._send(device)
        except PlantraceError as error:
            log.warning("A device is not registered", device=device.name, error=error.detail)
        except (OSError, http.client.HTTPException) as error:
            log.warning("A heartbeat is not taken", device=device.name, error=str(error))

    def _ensure(self, device: PlantDevice) -> None:
        if device.name in registry_of(self.tenant).by_name:
            return
        asset = snapshot_of(self.tenant).asset(self.site, device.asset)
        new = NewDevice(device.name, asset.id if asset is not None else None, note=device.note)
        operations.add(self.tenant, new, now_ms())

    def _send(self, device: PlantDevice) -> None:
        body = {"device": device.name, "firmware": device.firmware, "configuration": device.configuration}
        request = urllib.request.Request(
            f"{self.url}/api/v1/device/heartbeat",
            json.dumps({**body, "interval_s": device.interval_s}).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            pass
