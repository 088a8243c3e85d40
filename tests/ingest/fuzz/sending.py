"""Sends the corpus to a running installation, and looks at what each request cost it."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from pathlib import Path

import requests

from tests.ingest.fuzz.corpus import Request, requests_of
from tests.installation import Platform
from tests.processes import children_of, cpu_s, memory_mb

TENANT, PERSON = "fuzzed", "engineer-fuzzed"
OF_ONE_REVISION = ("mapping", "schema", "table")  # whoever names another one is refused
MEMORY_MB = 100
CPU_S, CPU_S_PER_MB = 2.0, 3.0  # a hundred times what a valid request costs: a hang, not a slow machine
CPU_S_PER_UNPACKED_MB, MAX_UNPACKED = 0.3, 25_000_000


class Workers:
    """The web's processes."""

    def __init__(self, platform: Platform) -> None:
        server = platform.supervisor.status("web")
        assert server is not None
        self.pids = [*children_of(server.pid)] or [server.pid]

    def cpu_s(self) -> float:
        return sum(map(cpu_s, self.pids))

    def forget_peaks(self) -> None:
        for pid in self.pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak_mb(self) -> int:
        return max(map(memory_mb, self.pids))


def ensure_target(platform: Platform) -> Platform:
    """With a tenant whose limits are higher than what one client can send."""
    platform.ensure_tenant(TENANT)
    platform.ensure_person(PERSON, TENANT)
    platform.ensure_sensor(PERSON)
    limits = {"samples_per_s": 10_000_000, "requests_per_s": 1_000_000, "events_per_s": 1_000_000}
    response = platform.call("PATCH", f"/api/v1/tenants/{TENANT}", "operator", json={"limits": limits})
    assert response.status_code in (200, 202), response.text
    return platform


def send_all(platform: Platform, endpoint: str, count: int) -> str:
    """So many requests of one endpoint's corpus. What became of them, in a line."""
    session, workers = requests.Session(), Workers(platform)
    session.headers["Authorization"] = f"Bearer {platform.people[PERSON]['token']}"
    for warm in requests_of(endpoint, 20, seed=2):
        _send(session, platform.url, warm)
    workers.forget_peaks()
    before, first, told, dearest = workers.peak_mb(), workers.cpu_s(), Counter[int](), 0.0
    spent, peak, jumps = first, before, list[tuple[int, int, str, int, bytes]]()
    for number, request in enumerate(requests_of(endpoint, count)):
        response = _send(session, platform.url, request)
        told[response.status_code] += 1
        assert response.status_code < 500, (request.name, request.body[:300], request.parameters, response.text[:500])
        if response.status_code >= 400:
            assert len(response.content) < 20_000, (request.name, "a refusal that is as long as what was refused")
        now = workers.cpu_s()
        assert now - spent < _allowed_s(request.body), (
            request.name,
            request.body[:300],
            now - spent,
        )
        dearest, spent = max(dearest, now - spent), now
        if (grown := workers.peak_mb() - peak) > 0:
            jumps.append((grown, number, request.name, len(request.body), request.body[:60]))
            peak += grown
    assert peak - before < MEMORY_MB, (f"{peak - before} MB more than {before}", sorted(jumps)[-8:])
    assert max(told) >= 400, told
    assert endpoint in OF_ONE_REVISION or min(told) < 400, told  # it is a corpus of both
    good = b"works,sensor=TT-1 value=1 %d\n" % time.time_ns()
    assert session.post(f"{platform.url}/write", data=good, timeout=10).status_code == 204
    statuses = ", ".join(f"{status}: {number:,}" for status, number in sorted(told.items()))
    mean = (spent - first) / sum(told.values()) * 1000
    return (
        f"{endpoint:8} {sum(told.values()):>6,} requests ({statuses}); {mean:.1f} ms of CPU each, the dearest "
        f"{dearest:.2f} s; {peak - before} MB more at most"
    )


def _allowed_s(body: bytes) -> float:
    """CPU for a body; what is packed in it may be a valid body of the largest size."""
    size, rest = 0, body
    while rest.startswith(b"\x1f\x8b") and size < MAX_UNPACKED:
        member = zlib.decompressobj(wbits=31)
        try:
            size += len(member.decompress(rest, MAX_UNPACKED))
        except zlib.error:
            break
        rest = member.unused_data
    return CPU_S + (CPU_S_PER_MB * len(body) + CPU_S_PER_UNPACKED_MB * min(size, MAX_UNPACKED)) / 1e6


def _send(session: requests.Session, url: str, request: Request) -> requests.Response:
    for attempt in range(2):
        try:
            address, parameters = url + request.path, request.parameters
            return session.request(request.method, address, parameters, request.body, request.headers, timeout=30)
        except requests.ConnectionError:  # the server closed the connection before it had read the body
            if attempt:
                raise
    raise AssertionError
