"""Through the real web, worker and writer processes, as devices and people send."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import Platform
from tests.isolation import ROOT
from tests.stopping import resume, stop
from tests.waiting import wait_until

TENANT = "ingesting"
T = 1_770_000_000


@pytest.fixture(scope="module")
def client(platform: Platform) -> requests.Session:
    """A session of an engineer of a tenant with one site and two sensors."""
    platform.ensure_tenant(TENANT)
    token = platform.ensure_person("ingest-engineer", TENANT)["token"]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    for kind, items in (
        ("sites", [{"slug": "works", "name": "Works", "timezone": "UTC"}]),
        ("sensors", [{"site": "works", "tag": tag, "name": tag} for tag in ("TT-1", "TT-2")]),
    ):
        response = session.post(f"{platform.url}/api/v1/{kind}/bulk", json={"items": items})
        assert response.status_code == 200, response.text
    return session


def sensor_id(platform: Platform, client: requests.Session, tag: str) -> str:
    found = client.get(f"{platform.url}/api/v1/sensors", params={"q": tag}).json()["results"]
    return str(next(sensor["id"] for sensor in found if sensor["tag"] == tag))


def samples(platform: Platform, client: requests.Session, tag: str, start: int, end: int) -> dict[int, Any]:
    id = sensor_id(platform, client, tag)
    parameters: dict[str, str | int] = {"start": start * 1000, "end": end * 1000, "points": 10_000, "method": "raw"}
    response = client.get(f"{platform.url}/api/v1/sensors/{id}/samples", params=parameters)
    assert response.status_code == 200, response.text
    body = response.json()
    return {t // 1000: v for t, v in zip(body["t"], body["v"], strict=True)}


def test_a_batch_gzipped_on_the_fly_as_telegraf_sends_it(platform: Platform, client: requests.Session) -> None:
    address = urlsplit(platform.url)
    body = gzip.compress("".join(f"works,host=gw,sensor=TT-1 value={k} {T + k}\n" for k in range(500)).encode())
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    headers = {
        "Content-Encoding": "gzip",
        "Authorization": str(client.headers["Authorization"]).replace("Bearer", "Token"),
    }
    chunks = (body[start : start + 100] for start in range(0, len(body), 100))
    connection.request("POST", "/api/v2/write?bucket=x&org=y&precision=s", chunks, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (204, b"")
    connection.close()
    wait_until(lambda: len(samples(platform, client, "TT-1", T, T + 500)) == 500)
    assert samples(platform, client, "TT-1", T, T + 500) == {T + k: k for k in range(500)}


def test_the_influxdb_client_writes_here_with_the_token_as_its_password(
    platform: Platform, client: requests.Session
) -> None:
    from influxdb import InfluxDBClient

    address = urlsplit(platform.url)
    token = str(client.headers["Authorization"]).removeprefix("Bearer ")
    writes = InfluxDBClient(address.hostname, address.port, "anyone", token, "plant")
    assert writes.ping() == "1.8.10"
    point = {"measurement": "works", "tags": {"sensor": "TT-2"}, "fields": {"value": 6.5}, "time": T - 100}
    assert writes.write_points([point], time_precision="s")
    wait_until(lambda: samples(platform, client, "TT-2", T - 101, T - 99) == {T - 100: 6.5})


def test_a_form_content_type_as_curl_sends_it_is_no_hindrance(platform: Platform, client: requests.Session) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.post(
        f"{platform.url}/write", f"works,sensor=TT-2 value=1 {T - 50}", params={"precision": "s"}, headers=headers
    )
    assert response.status_code == 204, response.text


@pytest.mark.parametrize("declared", [True, False], ids=["of known length", "in chunks"])
def test_a_client_that_sends_too_much_gets_413(platform: Platform, client: requests.Session, declared: bool) -> None:
    body = b"works,sensor=TT-1 value=1 1770000000\n" * 800_000
    sent: Any = body if declared else (body[start : start + 100_000] for start in range(0, len(body), 100_000))
    response = client.post(f"{platform.url}/write?precision=s", data=sent)
    assert response.status_code == 413, response.text
    assert client.get(f"{platform.url}/ping").status_code == 204


def test_an_upload_is_imported_by_the_worker(platform: Platform, client: requests.Session) -> None:
    rows = "".join(f"{T + 10_000 + 60 * k},{k}\n" for k in range(1000))
    response = client.post(
        f"{platform.url}/api/v1/imports",
        data={"mapping": "{site: works}"},
        files={"file": ("log.csv", f"time,TT-2\n{rows}")},
    )
    assert response.status_code == 202, response.text
    address = f"{platform.url}{response.headers['Location']}"
    wait_until(lambda: client.get(address).json()["state"] in ("done", "failed"))
    assert client.get(address).json()["report"]["samples"] == 1000
    assert len(samples(platform, client, "TT-2", T + 10_000, T + 80_000)) == 1000


def test_a_killed_and_repeated_command_yields_the_same_history(
    platform: Platform, client: requests.Session, tmp_path: Path
) -> None:
    start, count = T - 10_000_000, 300_000
    history, mapping = tmp_path / "history.csv", tmp_path / "mapping.yaml"
    history.write_text("time,TT-1,TT-2\n" + "".join(f"{start + k},{k % 97},{k % 89}\n" for k in range(count)))
    mapping.write_text("site: works\n")
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "import_history",
        "--tenant",
        TENANT,
        "--mapping",
        str(mapping),
        str(history),
    ]
    process = subprocess.Popen(command, env={**os.environ, "PLANTRACE_HOME": str(platform.path)})
    wait_until(lambda: bool(samples(platform, client, "TT-1", start, start + 100)))
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    preview = platform.manage(*command[2:], "--dry-run", "--json")
    assert json.loads(preview)["samples"] == 2 * count
    output = platform.manage(*command[2:])
    assert output.startswith(f"{2 * count:,} samples of 2 sensors loaded from {count:,} rows")
    for first in range(0, count, 9_000):
        read = samples(platform, client, "TT-1", start + first, start + min(first + 9_000, count))
        assert read == {start + k: k % 97 for k in range(first, min(first + 9_000, count))}


def test_a_worker_killed_during_an_import_is_followed_by_another(platform: Platform, client: requests.Session) -> None:
    start, count = T - 20_000_000, 400_000
    response = client.post(
        f"{platform.url}/api/v1/imports",
        data={"mapping": "{site: works}"},
        files={
            "file": ("log.csv", "time,TT-1,TT-2\n" + "".join(f"{start + k},{k % 97},{k % 89}\n" for k in range(count)))
        },
    )
    address = f"{platform.url}{response.headers['Location']}"
    wait_until(lambda: client.get(address).json()["progress"]["samples"] > 0)
    platform.supervisor.kill("worker")
    assert client.get(address).json()["state"] == "running"
    wait_until(lambda: client.get(address).json()["state"] == "done")
    report = client.get(address).json()["report"]
    assert (report["rows"], report["samples"]) == (count, 2 * count)
    last = samples(platform, client, "TT-2", start + count - 1000, start + count)
    assert last == {start + k: k % 89 for k in range(count - 1000, count)}


def test_a_tenant_has_a_writer_of_its_own(platform: Platform, client: requests.Session) -> None:
    shared = platform.supervisor.status("writer")
    assert shared is not None and shared.pid
    command = [sys.executable, str(ROOT / "manage.py"), "ingest_writer", "--tenant", TENANT]
    own = subprocess.Popen(command, env={**os.environ, "PLANTRACE_HOME": str(platform.path)})
    stop(shared.pid)  # so that nobody else can have done it
    try:
        client.post(f"{platform.url}/write?precision=s", f"works,sensor=TT-2 value=8 {T - 40}").raise_for_status()
        wait_until(lambda: samples(platform, client, "TT-2", T - 41, T - 39) == {T - 40: 8})
    finally:
        resume(shared.pid)
        own.terminate()
        assert own.wait(timeout=60) == 0
    client.post(f"{platform.url}/write?precision=s", f"works,sensor=TT-2 value=9 {T - 30}").raise_for_status()
    wait_until(lambda: samples(platform, client, "TT-2", T - 31, T - 29) == {T - 30: 9})


def test_a_command_without_a_tenant_or_with_an_invalid_mapping_is_rejected(platform: Platform, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("site: nowhere\n")
    with pytest.raises(AssertionError, match="There is no ready tenant 'nobody'"):
        platform.manage("import_history", "--tenant", "nobody", "--mapping", str(mapping), "x.csv")
    with pytest.raises(AssertionError, match="The mapping names the site 'nowhere'"):
        platform.manage("import_history", "--tenant", TENANT, "--mapping", str(mapping), "x.csv")
