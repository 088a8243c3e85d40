"""Budgets of the write endpoint: 58,000 points/s end to end; responses within 20 ms at 200 requests/s."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests

from tests.bench.publishing import publish
from tests.conftest import Platform

pytestmark = pytest.mark.bench
TENANT = "measured"
SENSORS, POINTS = 100, 5_000
T = 1_770_000_000_000


@pytest.fixture(scope="module")
def token(platform: Platform) -> str:
    platform.ensure_tenant(TENANT)
    token = str(platform.ensure_person("measuring", TENANT)["token"])
    headers = {"Authorization": f"Bearer {token}"}
    items = [{"site": "works", "tag": f"TT-{k}", "name": "t", "interval_s": 1} for k in range(SENSORS)]
    for kind, given in (("sites", [{"slug": "works", "name": "Works", "timezone": "UTC"}]), ("sensors", items)):
        response = requests.post(
            f"{platform.url}/api/v1/{kind}/bulk", json={"items": given}, headers=headers, timeout=30
        )
        assert response.status_code == 200, response.text
    return token


class Device(threading.Thread):
    """Sends batches one after the other at a given rate, and times the responses."""

    def __init__(self, url: str, token: str, batches: list[bytes], every_s: float = 0.0) -> None:
        super().__init__()
        self.address, self.batches, self.every_s = urlsplit(url), batches, every_s
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
        self.seconds: list[float] = []
        self.refused = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port)
        due = time.perf_counter()
        for batch in self.batches:
            due += self.every_s
            time.sleep(max(0.0, due - time.perf_counter()))
            while not self._send(connection, batch):
                self.refused += 1
                time.sleep(0.05)
        connection.close()

    def _send(self, connection: http.client.HTTPConnection, batch: bytes) -> bool:
        began = time.perf_counter()
        connection.request("POST", "/write?precision=ms", batch, self.headers)
        answer = connection.getresponse()
        detail = answer.read()
        if answer.status == 429:
            return False
        assert answer.status == 204, detail
        self.seconds.append(time.perf_counter() - began)
        return True


def batch_of(first: int, points: int) -> bytes:
    lines = (
        f"works,sensor=TT-{k % SENSORS} value={k % 997 / 7:.4f} {T + (first + k) // SENSORS}" for k in range(points)
    )
    return "\n".join(lines).encode()


def waiting(platform: Platform) -> int:
    return int(
        platform.shell(
            "from web.directory import directory; from web.stores import streams; "
            f"print(streams().backlogs([directory().by_slug({TENANT!r}).prefix])[0])"
        )
    )


def writer_mb(platform: Platform) -> int:
    """Peak memory of the writer."""
    status = platform.supervisor.status("writer")
    assert status is not None
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{status.pid}/status").read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) >> 10


def test_points_a_second_end_to_end(platform: Platform, token: str) -> None:
    batches = [batch_of(number * POINTS, POINTS) for number in range(160)]
    devices = [Device(platform.url, token, batches[k::4]) for k in range(4)]
    began = time.perf_counter()
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    elapsed = time.perf_counter() - began
    while waiting(platform):
        time.sleep(0.05)
    stored = time.perf_counter() - began
    points, refused = len(batches) * POINTS, sum(device.refused for device in devices)
    summary = (
        f"{points:,} points in batches of {POINTS:,} from {len(devices)} devices:"
        f" accepted at {points / elapsed:,.0f}/s, stored at {points / stored:,.0f}/s (budget 58,000/s),"
        f" {refused} rejections. The writer used at most {writer_mb(platform)} MB (budget 300 MB)."
    )
    publish({"ingest-speed": summary}, 1)
    assert points / stored >= 58_000
    assert writer_mb(platform) <= 300


def test_acknowledgement_at_200_requests_a_second(platform: Platform, token: str) -> None:
    devices = [
        Device(platform.url, token, [batch_of((k * 500 + n) * 10, 10) for n in range(500)], 1 / 50) for k in range(4)
    ]
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    seconds = np.array([value for device in devices for value in device.seconds]) * 1000
    p50, p99 = np.percentile(seconds, [50, 99])
    summary = (
        f"At 200 requests a second, of ten points each, an acknowledgement takes {p50:.1f} ms (p99 {p99:.1f} ms, budget"
        f" 20 ms; the worst of {len(seconds):,}: {seconds.max():.1f} ms)."
    )
    publish({"ingest-ack": summary}, 1)
    assert p99 <= 20
