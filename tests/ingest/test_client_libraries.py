"""InfluxDB's client libraries for Go and Node, of both versions, write to a running installation."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.station import Station, set_limits
from tests.installation import Platform
from tests.isolation import ROOT

GO = Path.home() / ".cache/plantrace/bin/influx-go-clients"
NODE = ROOT / "tests/ingest/clients/node/main.mjs"
T = 1_770_000_000
UNITS = {"n": 10**9, "ns": 10**9, "u": 10**6, "us": 10**6, "ms": 10**3, "s": 1}


@dataclass(frozen=True)
class Library:
    name: str
    version: int
    program: tuple[str, ...]
    precisions: tuple[str, ...]

    def ask(self, station: Station, action: str = "write", **more: Any) -> dict[str, Any]:
        return self.ask_all(station, [{"action": action, **more}])[0]

    def ask_all(self, station: Station, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        common = {"url": station.platform.url, "token": station.token, "precision": "s", "action": "write"}
        program, asked = [*self.program, str(self.version)], json.dumps([{**common, **each} for each in requests])
        done = subprocess.run(program, input=asked, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))


LIBRARIES = [
    Library("influxdb1-client (Go)", 1, (str(GO),), ("ns", "ms", "s")),  # it sends nanoseconds as microseconds
    Library("influxdb-client-go", 2, (str(GO),), ("ns", "us", "ms", "s")),
    Library("influx (Node)", 1, ("node", str(NODE)), ("n", "u", "ms", "s")),
    Library("influxdb-client-js", 2, ("node", str(NODE)), ("ns", "us", "ms", "s")),
]
every_library = pytest.mark.parametrize("library", LIBRARIES, ids=[each.name for each in LIBRARIES])


@pytest.fixture(scope="module")
def installation(platform: Platform) -> Platform:
    platform.ensure_tenant("clients")
    platform.ensure_person("clients-engineer", "clients")
    return platform


@pytest.fixture
def station(installation: Platform) -> Station:
    return new_station(installation)


def new_station(installation: Platform) -> Station:
    site = f"site-{secrets.token_hex(4)}"
    installation.ensure_sensor("clients-engineer", site)
    return Station(installation, site)


def points(station: Station, *values: float, tag: str = "TT-1", unit: int = 1, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"site": station.site, "sensor": tag, "value": value, "time": (T + start + k) * unit}
        for k, value in enumerate(values)
    ]


@every_library
def test_it_finds_the_server(station: Station, library: Library) -> None:
    said = library.ask(station, "ping")
    assert said["version"] == "1.8.10"
    if library.version == 2:
        assert (said["health"], said["ready"]) == ("pass", "ready")


@every_library
def test_it_writes_in_every_precision(station: Station, library: Library) -> None:
    requests = [
        {"precision": unit, "gzip": k % 2 == 0, "points": points(station, 1.5, 2.5, unit=UNITS[unit], start=2 * k)}
        for k, unit in enumerate(library.precisions)
    ]
    assert [said for said in library.ask_all(station, requests) if "error" in said] == []
    count = 2 * len(requests)
    assert station.stored(count) == {k: 1.5 + k % 2 for k in range(count)}


@every_library
def test_it_is_told_of_a_partial_write(station: Station, library: Library) -> None:
    sent = points(station, 1.0) + points(station, 2.0, tag="TT-9", start=1) + points(station, 3.0, start=2)
    said = library.ask(station, points=sent)
    assert said.get("status", 400) == 400
    assert "partial write: " in said["error"] and "no sensor 'TT-9'" in said["error"] and "dropped=1" in said["error"]
    assert station.stored(2) == {0: 1.0, 2: 3.0}
    assert station.letters() == [f"{station.site},sensor=TT-9 value=2 {T + 1}"]


@every_library
def test_it_is_told_of_a_wrong_token(station: Station, library: Library) -> None:
    said = library.ask(station, points=points(station, 1.0), token="wrong")
    assert said.get("status", 401) == 401
    assert ("authorization failed" if library.version == 1 else "unauthorized") in said["error"].lower()


def test_what_was_over_the_limit_is_sent_again(installation: Platform) -> None:
    """Version 2 repeats a 429 by itself, after `Retry-After`; of version 1 the caller repeats what got 503."""
    stations = [new_station(installation) for _ in LIBRARIES]
    set_limits(installation, samples_per_s=40)
    try:
        go_into_debt(stations[0], seconds=5)
        with ThreadPoolExecutor(len(LIBRARIES)) as pool:
            asked = [
                pool.submit(library.ask, station, "retry", points=points(station, 1.0, 2.0))
                for library, station in zip(LIBRARIES, stations, strict=True)
            ]
            said = [future.result() for future in asked]
    finally:
        set_limits(installation, samples_per_s=100_000)
    for each in said:
        assert re.search(r"may send 40 samples per second|^Service Unavailable$", each["failures"][0]), each
    for station in stations:
        assert station.stored(2) == {0: 1.0, 1: 2.0}


def go_into_debt(station: Station, seconds: int) -> None:
    """A batch of any size is accepted at once, and then nothing for a while."""
    lines = "\n".join(station.line(1.0, T - 1 - k) for k in range(40 + 40 * seconds))
    assert station.platform.call("POST", "/write?precision=s", "clients-engineer", data=lines).status_code == 204
