"""InfluxDB's command line and Python libraries write to a running installation, partial writes too."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

import influxdb
import pytest
from influxdb.exceptions import InfluxDBClientError, InfluxDBServerError
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS, WriteApi, WriteOptions
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from tests.ingest.station import Station, set_limits
from tests.installation import Platform

INFLUX = Path.home() / ".cache/plantrace/bin/influx"
T = 1_770_000_000


@pytest.fixture(scope="module")
def installation(platform: Platform) -> Platform:
    platform.ensure_tenant("clients")
    platform.ensure_person("clients-engineer", "clients")
    return platform


@pytest.fixture
def station(installation: Platform) -> Station:
    site = f"site-{secrets.token_hex(4)}"
    installation.ensure_sensor("clients-engineer", site)
    return Station(installation, site)


@pytest.fixture
def old_client(station: Station) -> influxdb.InfluxDBClient:
    host, port = station.address
    return influxdb.InfluxDBClient(host, port, "anybody", station.token, "plant", retries=1)


@pytest.fixture
def new_client(station: Station) -> Any:
    with InfluxDBClient(station.platform.url, station.token, org="any") as client:
        yield client


# influxdb-python, for version 1


def test_the_python_client_of_version_1_writes(station: Station, old_client: influxdb.InfluxDBClient) -> None:
    assert old_client.ping() == "1.8.10"
    tags = {"sensor": "TT-1", "host": "gw1"}
    points = [
        {"measurement": station.site, "tags": tags, "time": T + k, "fields": {"value": k * 1.5}} for k in range(3)
    ]
    assert old_client.write_points(points, time_precision="s")
    assert old_client.write_points([station.line(9.0, T + 3)], time_precision="s", protocol="line")
    assert station.stored(4) == {0: 0.0, 1: 1.5, 2: 3.0, 3: 9.0}


def test_its_batches_and_gzip(station: Station) -> None:
    host, port = station.address
    client = influxdb.InfluxDBClient(host, port, "x", station.token, "plant", gzip=True)
    lines = [station.line(k, T + k) for k in range(10)]
    assert client.write_points(lines, time_precision="s", protocol="line", batch_size=3)
    assert station.stored(10) == {k: float(k) for k in range(10)}


def test_it_is_told_of_a_partial_write(station: Station, old_client: influxdb.InfluxDBClient) -> None:
    lines = [station.line(1.0, T), station.line(2.0, T, "TT-9"), station.line(3.0, T + 1)]
    with pytest.raises(InfluxDBClientError) as told:
        old_client.write_points(lines, time_precision="s", protocol="line")
    assert told.value.code == 400
    assert re.fullmatch(r"partial write: .*no sensor 'TT-9'.* \(line 2\) dropped=1", error_of(told.value))
    assert station.stored(2) == {0: 1.0, 1: 3.0}
    assert station.letters() == [station.line(2.0, T, "TT-9")]


def test_it_is_told_of_wrong_credentials(station: Station) -> None:
    host, port = station.address
    with pytest.raises(InfluxDBClientError) as told:
        influxdb.InfluxDBClient(host, port, "x", "wrong", "plant", retries=1).write_points(
            ["a value=1"], protocol="line"
        )
    assert told.value.code == 401 and "authorization failed" in str(told.value.content)


def error_of(error: InfluxDBClientError | InfluxDBServerError) -> str:
    return str(json.loads(error.content)["error"])


def test_it_may_send_again_what_was_over_the_limit(station: Station, old_client: influxdb.InfluxDBClient) -> None:
    set_limits(station.platform, samples_per_s=10)
    try:
        lines = [station.line(k, T + k) for k in range(30)]
        assert old_client.write_points(lines, time_precision="s", protocol="line"), "a batch may be larger"
        more, deadline = [station.line(1.0, T + 30)], time.monotonic() + 15
        with pytest.raises(InfluxDBServerError, match="may send 10 samples per second"):
            old_client.write_points(more, time_precision="s", protocol="line")
        while not was_written(old_client, more):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        set_limits(station.platform, samples_per_s=100_000)
    assert station.stored(31).keys() == set(range(31))


def was_written(client: influxdb.InfluxDBClient, lines: list[str]) -> bool:
    try:
        return bool(client.write_points(lines, time_precision="s", protocol="line"))
    except InfluxDBServerError:
        return False


# influxdb-client, for version 2


def writer_of(client: InfluxDBClient, options: WriteOptions = SYNCHRONOUS) -> WriteApi:
    return client.write_api(write_options=options)


def test_the_python_client_of_version_2_writes(station: Station, new_client: InfluxDBClient) -> None:
    assert new_client.ping()
    with pytest.deprecated_call():
        assert new_client.health().status == "pass"
    assert new_client.ready().status == "ready"
    lines = [station.line(k, T + k) for k in range(3)]
    writer_of(new_client).write("plant", record=lines, write_precision=WritePrecision.S)
    assert station.stored(3) == {0: 0.0, 1: 1.0, 2: 2.0}


@pytest.mark.parametrize("precision", [WritePrecision.NS, WritePrecision.US, WritePrecision.MS, WritePrecision.S])
def test_its_precisions(station: Station, new_client: InfluxDBClient, precision: str) -> None:
    unit = {"ns": 10**9, "us": 10**6, "ms": 10**3, "s": 1}[precision]
    writer_of(new_client).write("plant", record=station.line(1.0, T * unit), write_precision=precision)
    assert station.stored(1) == {0: 1.0}


def test_it_is_told_of_a_partial_write_too(station: Station, new_client: InfluxDBClient) -> None:
    lines = [station.line(1.0, T), "nonsense", station.line(2.0, T, "TT-9"), station.line(3.0, T + 1)]
    with pytest.raises(ApiException) as told:
        writer_of(new_client).write("plant", record=lines, write_precision=WritePrecision.S)
    assert told.value.status == 400
    assert (
        re.match(r"partial write: unable to parse 'nonsense'", told.value.message) and "dropped=1" in told.value.message
    )
    assert station.stored(2) == {0: 1.0, 1: 3.0}
    assert station.letters() == [station.line(2.0, T, "TT-9")]


def test_its_batches_are_retried_after_a_429_and_nothing_is_lost(station: Station, new_client: InfluxDBClient) -> None:
    set_limits(station.platform, samples_per_s=20)
    failed: list[InfluxDBError] = []
    options = WriteOptions(batch_size=10, flush_interval=100, retry_interval=500, max_retries=10, jitter_interval=0)
    try:
        with new_client.write_api(
            write_options=options, error_callback=lambda _, __, error: failed.append(error)
        ) as writer:
            for k in range(60):
                writer.write("plant", record=station.line(k, T + k), write_precision=WritePrecision.S)
    finally:
        set_limits(station.platform, samples_per_s=100_000)
    assert failed == []
    assert station.stored(60) == {k: float(k) for k in range(60)}


def test_its_batches_are_kept_while_their_source_retries_what_has_errors(
    station: Station, new_client: InfluxDBClient
) -> None:
    def set_policy(on_error: str) -> None:
        body = {"on_error": on_error}
        assert station.platform.call("PATCH", "/api/v1/sources/influxdb", "clients-engineer", json=body).ok

    failed: list[InfluxDBError] = []
    options = WriteOptions(batch_size=3, flush_interval=100, retry_interval=500, max_retries=10, jitter_interval=0)
    lines = [station.line(0.0, T), station.line(1.0, T, "TT-9"), station.line(2.0, T + 1)]
    set_policy("retry")
    try:
        with new_client.write_api(
            write_options=options, error_callback=lambda _, __, error: failed.append(error)
        ) as writer:
            writer.write("plant", record=lines, write_precision=WritePrecision.S)
            deadline = time.monotonic() + 90
            while not turned_away(station):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert station.letters() == []
            station.platform.ensure_sensor("clients-engineer", station.site, "TT-9")
    finally:
        set_policy("skip")
    assert (failed, station.stored(2)) == ([], {0: 0.0, 1: 2.0})


def turned_away(station: Station) -> bool:
    """Whether the last batch that was turned away is of this site."""
    found = station.platform.get("/api/v1/flow", "clients-engineer").json()["sources"]
    return any(station.site in (each["last_error"] or {}).get("item", "") for each in found)


def test_wrong_credentials_of_version_2(station: Station) -> None:
    with InfluxDBClient(station.platform.url, "wrong", org="any") as client, pytest.raises(ApiException) as told:
        writer_of(client).write("plant", record=station.line(1.0, T))
    assert told.value.status == 401 and "unauthorized" in told.value.message.lower()


# Any client


@pytest.mark.parametrize(
    "path", ["/write?precision=%01", "/ping?%7F=1", "/write?precision=s", "/api/v2/write?bucket=a&precision=s"]
)
def test_control_characters_are_named_in_a_response_that_can_be_sent(station: Station, path: str) -> None:
    body = f"{station.line(1.0, T)}\n{station.site}\x01,sensor=\x1b value=1\n\x7f\x00".encode()
    method = "GET" if path.startswith("/ping") else "POST"
    response = station.platform.call(method, path, "clients-engineer", data=body)
    assert response.status_code == 400, response.text
    assert "\x01" not in response.headers.get("X-Influxdb-Error", "")


# The command line of 1.8.10


def influx(station: Station, *arguments: str) -> subprocess.CompletedProcess[str]:
    host, port = station.address
    address = ["-host", host, "-port", str(port), "-username", "anybody", "-password", station.token]
    return subprocess.run(
        [str(INFLUX), *address, "-database", "plant", *arguments], capture_output=True, text=True, timeout=60
    )


def test_the_command_line_inserts(station: Station) -> None:
    done = influx(station, "-precision", "s", "-execute", f"INSERT {station.line(4.5, T)}")
    assert (done.returncode, done.stdout) == (0, ""), done
    assert station.stored(1) == {0: 4.5}


def test_the_command_line_prints_what_was_wrong(station: Station) -> None:
    done = influx(station, "-precision", "s", "-execute", f"INSERT {station.line(4.5, T, 'TT-9')}")
    assert "partial write: " in done.stdout and "no sensor 'TT-9'" in done.stdout and "dropped=1" in done.stdout
    assert station.letters() == [station.line(4.5, T, "TT-9")]
