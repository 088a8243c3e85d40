"""Tenants that are written to, and devices that write: batches of 5,000 points, or requests at a steady rate."""

from __future__ import annotations

import base64
import http.client
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.installation import Platform

SITE, SENSORS, POINTS = "works", 100, 5_000
FIRST = 1_770_000_000 // 100  # a batch has a sample of each sensor every two seconds, for a hundred
LATER = {429, 503}
PAUSE_S = 0.05


@dataclass(frozen=True)
class Target:
    """Where one tenant's batches go: through the platform, or straight into its database."""

    tenant: str
    url: str
    path: str
    authorization: str


class Access(msgspec.Struct):
    url: str
    username: str
    password: str


def make_tenants(platform: Platform, count: int) -> list[str]:
    tenants = [f"plant-{k}" for k in range(count)]
    for tenant in tenants:
        platform.ensure_tenant(tenant, 120)
        platform.ensure_person(tenant, tenant)
        items = [{"site": SITE, "tag": f"TT-{k}", "name": "t", "interval_s": 2} for k in range(SENSORS)]
        site = [{"slug": SITE, "name": "Works", "timezone": "UTC"}]
        for kind, given in (("sites", site), ("sensors", items)):
            response = platform.call("POST", f"/api/v1/{kind}/bulk", tenant, json={"items": given})
            assert response.status_code == 200, response.text
    return tenants


def platform_target(platform: Platform, tenant: str, path: str = "/write?precision=ms") -> Target:
    return Target(tenant, platform.url, path, f"Bearer {platform.people[tenant]['token']}")


def database_target(platform: Platform, tenant: str) -> Target:
    """As the tenant's writer writes, into the same retention policy."""
    code = f"""
import msgspec
from tests.bench.ingest.senders import Access
from web.directory import directory
tenant = directory().by_slug({tenant!r})
print(msgspec.json.encode(Access(tenant.influx_url, tenant.writer.username, tenant.writer.password)).decode())
"""
    access = msgspec.json.decode(platform.shell(code), type=Access)
    pair = base64.b64encode(f"{access.username}:{access.password}".encode()).decode()
    return Target(tenant, access.url, "/write?db=plant&rp=raw&precision=ms", f"Basic {pair}")


class Batches:
    """Bodies of 5,000 points; the next one goes on where the last one ended."""

    def __init__(self) -> None:
        self._template = "\n".join(
            f"{SITE},sensor=TT-{k % SENSORS} value={k % 997 / 7:.4f} @@@@@@@@{k // SENSORS * 2:02d}000"
            for k in range(POINTS)
        ).encode()

    def body(self, number: int) -> bytes:
        return self._template.replace(b"@" * 8, b"%d" % (FIRST + number))


class Device(threading.Thread, ABC):
    """Sends to its targets in turn over kept-alive connections, and times the responses. What is refused for the moment
    is sent again.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__(daemon=True)
        self._targets = targets
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self.seconds: list[float] = []
        self.refused = 0
        self.error: Exception | None = None

    @abstractmethod
    def requests(self) -> Iterator[tuple[Target, bytes]]:
        """Each when it is due."""

    def run(self) -> None:
        try:
            for target, body in self.requests():
                while not self._send(target, body):
                    self.refused += 1
                    time.sleep(PAUSE_S)
        except Exception as error:  # raised by `send_all`
            self.error = error
        finally:
            for connection in self._connections.values():
                connection.close()

    def _send(self, target: Target, body: bytes) -> bool:
        connection = self._connections.get(target.url)
        if connection is None:
            address = urlsplit(target.url)
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
            self._connections[target.url] = connection
        began = time.perf_counter()
        connection.request(
            "POST", target.path, body, {"Authorization": target.authorization, "Content-Type": "text/plain"}
        )
        response = connection.getresponse()
        detail = response.read()
        if response.status in LATER:
            return False
        assert response.status in (202, 204), (response.status, detail[:500])
        self.seconds.append(time.perf_counter() - began)
        return True


class BatchDevice(Device):
    """As fast as it can, until a moment."""

    def __init__(self, targets: Sequence[Target], batches: Batches, first: int, until: float) -> None:
        super().__init__(targets)
        self._batches, self._first, self._until = batches, first, until

    def requests(self) -> Iterator[tuple[Target, bytes]]:
        number = self._first
        while True:
            body = self._batches.body(number)
            for target in self._targets:
                if time.perf_counter() >= self._until:
                    return
                yield target, body
            number += 1


class SteadyDevice(Device):
    """One request every so many seconds."""

    def __init__(self, targets: Sequence[Target], bodies: Sequence[bytes], every_s: float) -> None:
        super().__init__(targets)
        self._bodies, self._every_s = bodies, every_s

    def requests(self) -> Iterator[tuple[Target, bytes]]:
        due = time.perf_counter()
        for number, body in enumerate(self._bodies):
            due += self._every_s
            time.sleep(max(0.0, due - time.perf_counter()))
            yield self._targets[number % len(self._targets)], body


class FsyncProbe(threading.Thread):
    """Writes 4 KB and syncs them to the disk, 20 times a second, as long as it is entered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._path, self._enough = folder / "fsync-probe", threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        with self._path.open("wb", buffering=0) as file:
            while not self._enough.wait(0.05):
                began = time.perf_counter()
                file.write(bytes(4096))
                os.fsync(file.fileno())
                self.seconds.append(time.perf_counter() - began)
        self._path.unlink()

    def __enter__(self) -> FsyncProbe:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.join()


def send_all(devices: Sequence[Device]) -> float:
    """Until all have ended; how many seconds it took."""
    began = time.perf_counter()
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    for device in devices:
        if device.error is not None:
            raise device.error
    return time.perf_counter() - began
