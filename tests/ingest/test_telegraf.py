"""Every configuration of the guide for Telegraf, run by the real one against devices, with a running installation."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ingest import telegraf
from tests.ingest.simulated_devices import (
    float32,
    free_port,
    in_background,
    publish,
    running_modbus,
    running_mosquitto,
    running_opcua,
    uint32,
    wait_for_port,
)
from tests.ingest.telegraf import Telegraf, at, running_telegraf
from tests.installation import Platform
from tests.waiting import wait_until

RUN, BOILER = {"0": "Stopped", "1": "Running"}, {"0": "Off", "1": "Heating"}
SENSORS: list[dict[str, Any]] = [
    *({"tag": tag, "name": tag} for tag in ("TT-101", "PT-101", "TT-201", "FT-201", "TT-301", "TT-401", "TT-501")),
    {"tag": "P-1.run", "name": "Pump", "kind": "discrete", "states": RUN},
    {"tag": "B-1.state", "name": "Boiler", "kind": "discrete", "states": BOILER},
]
READ = {  # by the devices below
    "TT-101": 6.75, "PT-101": -0.5, "P-1.run": 1, "TT-201": 6.75, "FT-201": 12.345, "TT-301": 81.5, "B-1.state": 1,
}  # fmt: skip
AWAY = (403, 503)  # while the tenant is suspended, or a store is down
OUTAGE = [10.0 + k for k in range(30)]
T = 1_770_000_000_000


@pytest.fixture(scope="module")
def installation(platform: Platform) -> Platform:
    platform.ensure_tenant("telegraf")
    platform.ensure_person("telegraf-engineer", "telegraf")
    for site in ("harbour", "quay"):
        for kind, items in (
            ("sites", [{"slug": site, "name": site, "timezone": "UTC"}]),
            ("sensors", [{"site": site, **sensor} for sensor in SENSORS]),
        ):
            response = platform.call("POST", f"/api/v1/{kind}/bulk", "telegraf-engineer", json={"items": items})
            assert response.status_code == 200, response.text
    return platform


@pytest.fixture(scope="module")
def guide() -> dict[str, str]:
    return telegraf.guide()


def outputs(installation: Platform, guide: dict[str, str], *more: str) -> str:
    """The guide's output for version 2 in a hurry, and further parts."""
    output = at(guide["outputs.influxdb_v2"], urls=f'["{installation.url}"]', interval='"1s"', flush_interval='"300ms"')
    return "\n".join((output, *more))


def token(installation: Platform) -> str:
    return str(installation.people["telegraf-engineer"]["token"])


def samples(installation: Platform, tag: str, since: int, site: str = "harbour") -> dict[int, float]:
    """By epoch ms."""
    found = installation.get("/api/v1/sensors", "telegraf-engineer", site=site, limit=100)
    if found.status_code in AWAY:
        return {}
    (sensor,) = [each for each in found.json()["results"] if each["tag"] == tag]
    span = {"start": since, "end": int(time.time() * 1000) + 60_000, "method": "raw", "points": 10_000}
    read = installation.get(f"/api/v1/sensors/{sensor['id']}/samples", "telegraf-engineer", **span)
    if read.status_code in AWAY:
        return {}
    return dict(zip(read.json()["t"], read.json()["v"], strict=True))


def first_samples(
    installation: Platform, running: Telegraf, tag: str, since: int, site: str = "harbour"
) -> dict[int, float]:
    wait_until(lambda: samples(installation, tag, since, site), told=running.said)
    return samples(installation, tag, since, site)


def assert_arrives(
    installation: Platform,
    running: Telegraf,
    start: int,
    expected: dict[int, float],
    site: str,
    tag: str = "TT-501",
) -> None:
    wait_until(lambda: samples(installation, tag, start, site) == expected, told=running.said)


# The guide's inputs


def test_devices_are_read(installation: Platform, guide: dict[str, str], tmp_path: Path) -> None:
    since, holding = int(time.time() * 1000) - 1000, float32(6.75) + uint32(12_345)
    controller = running_modbus(holding, inputs=[0] * 8 + [0xFFFB], coils=[False, False, False, True])
    with in_background(controller, running_opcua({"Boiler.Supply": 81.5, "Boiler.State": "Heating"})) as (plc, opcua):
        modbus = (
            at(guide[name], controller=f'"tcp://127.0.0.1:{plc}"') for name in ("inputs.modbus", "inputs.modbus 2")
        )
        boiler = at(guide["inputs.opcua"], endpoint=f'"opc.tcp://127.0.0.1:{opcua}"')
        with running_telegraf(tmp_path, outputs(installation, guide, *modbus, boiler), token(installation)) as running:
            for tag, value in READ.items():
                assert set(first_samples(installation, running, tag, since).values()) == {value}, tag
    assert " E! " not in running.said()


def test_messages_are_taken_and_none_is_lost_while_telegraf_is_stopped(
    installation: Platform, guide: dict[str, str], tmp_path: Path
) -> None:
    since = int(time.time() * 1000) - 1000
    with running_mosquitto(tmp_path) as broker:
        queue = at(guide["inputs.mqtt_consumer"], servers=f'["tcp://127.0.0.1:{broker}"]')
        configuration = outputs(installation, guide, queue)
        with running_telegraf(tmp_path, configuration, token(installation)) as running:
            wait_until(lambda: "Connected [" in running.said(), told=running.said)
            publish(broker, "plant/harbour/TT-401", "7.25")
            wait_until(lambda: samples(installation, "TT-401", since), told=running.said)
        publish(broker, "plant/harbour/TT-401", "8.5")
        with running_telegraf(tmp_path, configuration, token(installation)) as running:
            wait_until(lambda: len(samples(installation, "TT-401", since)) == 2, told=running.said)
    assert list(samples(installation, "TT-401", since).values()) == [7.25, 8.5]


def test_the_configurations_that_a_new_tenant_is_shown_send_its_first_samples(
    installation: Platform, tmp_path: Path
) -> None:
    since, hurry = int(time.time() * 1000) - 1000, '[agent]\n  interval = "1s"\n  flush_interval = "300ms"\n\n'
    shown = telegraf.shown_to_newcomers(installation.url, token(installation), "quay", "TT-301")
    with running_telegraf(tmp_path, hurry + shown["Telegraf"], "") as running:
        found = first_samples(installation, running, "TT-301", since, "quay")
        assert all(20 <= value <= 22 for value in found.values())
    shown = telegraf.shown_to_newcomers(installation.url, token(installation), "quay", "TT-401")
    with running_mosquitto(tmp_path) as broker:
        address = at(shown["MQTT"], servers=f'["tcp://127.0.0.1:{broker}"]')
        with running_telegraf(tmp_path, hurry + address, "") as running:
            wait_until(lambda: "Connected [" in running.said(), told=running.said)
            publish(broker, "plant/TT-401", "7.25")
            assert set(first_samples(installation, running, "TT-401", since, "quay").values()) == {7.25}
    assert " E! " not in running.said()


# The listener, and outages


@pytest.fixture(scope="module")
def listeners(
    installation: Platform, guide: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Telegraf, dict[str, str]]]:
    """What comes for `harbour` goes on by version 2, and for `quay` by version 1; the addresses by site."""
    ports = {site: free_port() for site in ("harbour", "quay")}
    old = at(guide["outputs.influxdb"], urls=f'["{installation.url}"]')
    parts = ['  namepass = ["harbour"]', old, '  namepass = ["quay"]']
    for site, port in ports.items():
        address = {"service_address": f'"tcp://127.0.0.1:{port}"', "measurement_name": f'"{site}"'}
        parts.append(at(guide["inputs.http_listener_v2"], **address))
    with running_telegraf(
        tmp_path_factory.mktemp("telegraf"), outputs(installation, guide, *parts), token(installation)
    ) as running:
        for port in ports.values():
            wait_for_port(port)
        yield running, {site: f"http://127.0.0.1:{port}/samples" for site, port in ports.items()}


def post(address: str, start: int, values: list[float], tag: str = "TT-501") -> dict[int, float]:
    """In a list, and the last one alone."""
    expected = {start + 1000 * k: value for k, value in enumerate(values)}
    objects = [{"sensor": tag, "time": t, "value": value} for t, value in expected.items()]
    for body in (objects[:-1], objects[-1]):
        assert requests.post(address, json=body, timeout=10).status_code == 204
    return expected


def test_what_is_posted_arrives(installation: Platform, listeners: tuple[Telegraf, dict[str, str]]) -> None:
    running, addresses = listeners
    for site, address in addresses.items():
        expected = post(address, T, [1.5, 2.5, 3.5])
        assert_arrives(installation, running, T, expected, site)


def test_nothing_is_lost_while_redis_is_stopped(
    installation: Platform, listeners: tuple[Telegraf, dict[str, str]]
) -> None:
    running, addresses = listeners
    start, said = T + 1_000_000, len(running.said())
    installation.supervisor.stop_program("redis")
    try:
        expected = {site: post(address, start, OUTAGE) for site, address in addresses.items()}
        wait_until(lambda: refused(running.said()[said:], "influxdb", 503), told=running.said)
        wait_until(lambda: refused(running.said()[said:], "influxdb_v2", 503), told=running.said)
    finally:
        installation.supervisor.start_program("redis")
    for site in addresses:
        assert_arrives(installation, running, start, expected[site], site)


def change_source(installation: Platform, **changes: Any) -> Any:
    response = installation.call("PATCH", "/api/v1/sources/influxdb", "telegraf-engineer", json=changes)
    assert response.status_code == 200, response.text
    return response.json()


def add_sensor(installation: Platform, tag: str) -> None:
    for site in ("harbour", "quay"):
        body = {"items": [{"site": site, "tag": tag, "name": tag}]}
        response = installation.call("POST", "/api/v1/sensors/bulk", "telegraf-engineer", json=body)
        assert response.status_code == 200, response.text


def test_nothing_is_lost_while_a_source_retries_what_has_errors(
    installation: Platform, listeners: tuple[Telegraf, dict[str, str]]
) -> None:
    running, addresses = listeners
    start, said = T + 3_000_000, len(running.said())
    change_source(installation, on_error="retry")
    try:
        expected = {site: post(address, start, [1.0, 2.0, 3.0], "TT-601") for site, address in addresses.items()}
        wait_until(lambda: refused(running.said()[said:], "influxdb", 503), told=running.said)
        wait_until(lambda: refused(running.said()[said:], "influxdb_v2", 429), told=running.said)
        add_sensor(installation, "TT-601")
        for site in addresses:
            assert_arrives(installation, running, start, expected[site], site, "TT-601")
    finally:
        change_source(installation, on_error="skip")


def test_nothing_is_lost_while_a_source_is_stopped_by_an_error(
    installation: Platform, listeners: tuple[Telegraf, dict[str, str]]
) -> None:
    """By version 1, which comes again at once; version 2 is told to wait for a minute or two."""
    running, addresses = listeners
    start = T + 4_000_000
    change_source(installation, on_error="stop")
    try:
        expected = post(addresses["quay"], start, [1.0, 2.0, 3.0], "TT-602")
        path = "/api/v1/sources/influxdb"
        wait_until(lambda: installation.get(path, "telegraf-engineer").json()["paused"], told=running.said)
        later = post(addresses["quay"], start + 3_000, [4.0, 5.0])
        add_sensor(installation, "TT-602")
        change_source(installation, paused=False)
        assert_arrives(installation, running, start, expected, "quay", "TT-602")
        assert_arrives(installation, running, start + 3_000, later, "quay")
    finally:
        change_source(installation, on_error="skip", paused=False)


def test_nothing_is_lost_while_the_tenant_is_suspended(
    installation: Platform, listeners: tuple[Telegraf, dict[str, str]]
) -> None:
    """Version 2 is told to wait for a minute or two, so only its promise to send again is awaited here. It may be
    waiting as long already, after a busy machine answered late.
    """
    running, addresses = listeners
    start, said = T + 5_000_000, len(running.said())  # after what tests before it sent to the same sensor
    suspend(installation, True)
    try:
        expected = {site: post(address, start, OUTAGE) for site, address in addresses.items()}
        for output, status, site in (("influxdb", 503, "quay"), ("influxdb_v2", 429, "harbour")):

            def is_refused(output: str = output, status: int = status, site: str = site) -> bool:
                post(addresses[site], start, [1.0, 2.0], "TT-401")  # until each web process knows of the suspension
                return refused(running.said()[said:], output, status)

            wait_until(is_refused, 150, told=running.said)
    finally:
        suspend(installation, False)
    assert re.search(r"will retry in (1m|2m|[6-9]\d|1[0-2]\d)", running.said()[said:])
    assert_arrives(installation, running, start, expected["quay"], "quay")


def refused(log: str, output: str, status: int) -> bool:
    return any(f"[outputs.{output}]" in line and str(status) in line for line in log.splitlines())


def suspend(installation: Platform, suspended: bool) -> None:
    path, wanted = "/api/v1/tenants/telegraf", "suspended" if suspended else "ready"
    assert installation.call("PATCH", path, "operator", json={"suspended": suspended}).status_code in (200, 202)
    wait_until(lambda: installation.get(path, "operator").json()["state"] == wanted)
