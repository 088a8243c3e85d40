"""What the local driver starts for a tenant, and who has access."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from kernel.errors import Unavailable
from kernel.tenancy import Credentials, TenantConnection
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.timeseries import RefusedCredentials, Timeseries
from tenants import influx, operations, reconciler
from tenants.drivers import driver_named
from tenants.drivers.base import DriverError, Software
from tenants.drivers.blocking import wait_for_server
from tenants.drivers.local.configuration import InfluxConfiguration
from tenants.drivers.local.driver import REACHABLE_WITHIN_S
from tenants.models import Tenant
from tenants.steps import server_of
from tests.tenants.conftest import MakeTenant, admin_of

LINE = b"p1,sensor=s1 value=1.5,quality=0i 1700000000000000000"


@pytest.fixture
def plant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant("driver-test")


def test_the_writer_writes_and_the_reader_reads(plant: Tenant) -> None:
    connection = plant.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", LINE)
    rows = Timeseries(connection.influx_url, connection.reader).read(['SELECT "value" FROM raw.p1'])
    assert rows[0][0].values == [[1_700_000_000_000_000_000, 1.5]]


def test_users_have_only_the_rights_of_their_name(plant: Tenant) -> None:
    connection = plant.connection()
    writer, reader = (Timeseries(connection.influx_url, each) for each in (connection.writer, connection.reader))
    with pytest.raises(RefusedCredentials):
        reader.write_lines("raw", LINE)
    with pytest.raises(RefusedCredentials):
        writer.read(['SELECT * FROM "raw"."p1"'])
    for user in (writer, reader, Timeseries(connection.influx_url)):
        with pytest.raises(RefusedCredentials):
            user.execute("SHOW USERS")
        with pytest.raises(RefusedCredentials):
            user.execute("DROP DATABASE plant")


def test_another_tenants_credentials_are_refused(plant: Tenant, make_tenant: MakeTenant) -> None:
    mine, other = plant.connection(), make_tenant("driver-other").connection()
    assert mine.influx_url != other.influx_url
    with pytest.raises(RefusedCredentials):
        Timeseries(mine.influx_url, other.reader).read(["SELECT * FROM raw.p1"])


def test_the_database_has_its_policies_with_long_shards(plant: Tenant) -> None:
    [series] = admin_of(plant).execute("SHOW RETENTION POLICIES ON plant")
    policies = {row[0]: dict(zip(series.columns, row, strict=True)) for row in series.values}
    assert set(policies) - {"autogen"} == {"raw", "ladder", "events", "alarms"}
    assert policies["raw"]["default"] and not policies["ladder"]["default"]
    assert (policies["raw"]["shardGroupDuration"], policies["ladder"]["shardGroupDuration"]) == (
        "8736h0m0s",
        "87360h0m0s",
    )
    assert {policies[name]["duration"] for name in ("raw", "ladder")} == {"0s"}


def test_it_listens_on_loopback_only(plant: Tenant) -> None:
    assert "http" in plant.endpoints
    for endpoint in plant.endpoints.values():
        port = int(endpoint.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            pass
        assert _listeners(port) == {"0100007F"}, "listens on more than 127.0.0.1"


def test_it_runs_with_flux_off_and_is_1_8_10(plant: Tenant) -> None:
    url = plant.endpoints["http"]
    assert requests.get(f"{url}/ping", timeout=5).headers["X-Influxdb-Version"] == "1.8.10"
    assert plant.secrets is not None
    admin = (plant.secrets.admin.username, plant.secrets.admin.password)
    answer = requests.post(f"{url}/api/v2/query", data="buckets()", auth=admin, timeout=5)
    assert "disabled" in answer.text.lower()


def test_its_files_are_private_and_the_configuration_is_toml(home: Home, plant: Tenant) -> None:
    import tomllib

    folder = home.path / "disks" / plant.disk
    assert folder.stat().st_mode & 0o077 == 0
    path = folder / "influxdb.conf"
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text()
    configuration = tomllib.loads(text)
    assert configuration["data"]["index-version"] == "tsi1"
    assert configuration["http"]["auth-enabled"] is True
    assert configuration["http"]["flux-enabled"] is False


def test_configuration_survives_odd_folders() -> None:
    import tomllib

    text = InfluxConfiguration(Path('/home/o"brien\\x/Anlage ü'), 8086, 8088, "s").text()
    assert tomllib.loads(text)["meta"]["dir"] == '/home/o"brien\\x/Anlage ü/meta'


@pytest.mark.parametrize("name", ["admin", "writer", "reader"])
def test_a_user_with_another_password_gets_the_saved_one(plant: Tenant, name: str) -> None:
    assert plant.secrets is not None
    saved: Credentials = getattr(plant.secrets, name)
    admin_of(plant).set_password(saved.username, "another one")
    assert not influx.accepts(plant.endpoints["http"], saved)

    _provision_again(plant)

    assert influx.accepts(plant.endpoints["http"], saved)


def test_unknown_users_and_rights_are_removed(plant: Tenant) -> None:
    admin = admin_of(plant)
    admin.create_user("mallory", "pass", admin=True)
    admin.execute("GRANT ALL PRIVILEGES TO reader")
    _provision_again(plant)
    assert admin.users() == {"admin": True, "writer": False, "reader": False}


def test_a_killed_server_restarts(home: Home, plant: Tenant) -> None:
    supervisor = Supervisor(home)
    supervisor.kill(f"influx-{plant.id}")
    deadline = time.monotonic() + 90
    while not _accepts_its_reader(plant):
        assert time.monotonic() < deadline, supervisor.status(f"influx-{plant.id}")
        time.sleep(0.1)


def test_a_ready_tenant_that_does_not_run_is_started_as_it_was(home: Home, plant: Tenant) -> None:
    supervisor = Supervisor(home)
    supervisor.remove_program(f"influx-{plant.id}")  # as after a restart of supervisord
    reconciler.restart_stopped()
    wait_for_server(driver_named("local"), server_of(plant))
    assert Tenant.objects.get(pk=plant.pk).state == "ready"
    assert influx.accepts(plant.endpoints["http"], plant.connection().reader)


def test_a_port_that_is_in_use_is_replaced(home: Home, plant: Tenant) -> None:
    connection = plant.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", LINE)
    Supervisor(home).stop_program(f"influx-{plant.id}")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that were just closed do not matter
        thief.bind(("127.0.0.1", int(plant.endpoints["http"].rpartition(":")[2])))
        thief.listen()
        reconciler.restart_stopped()
        assert Tenant.objects.get(pk=plant.pk).state == "provisioning"
        reconciler.reconcile()
    moved = Tenant.objects.get(pk=plant.pk).connection()
    assert moved.influx_url != connection.influx_url
    assert _count(moved) == 1


def test_a_port_taken_while_the_platform_was_down_is_replaced(home: Home, plant: Tenant) -> None:
    supervisor, name = Supervisor(home), f"influx-{plant.id}"
    supervisor.stop_program(name)
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that were just closed do not matter
        thief.bind(("127.0.0.1", int(plant.endpoints["http"].rpartition(":")[2])))
        thief.listen()
        supervisor.start_program(name)  # as the start of the platform does
        deadline = time.monotonic() + 90
        while (supervisor.status(name) or pytest.fail()).state != "FATAL":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        reconciler.restart_stopped()
        reconciler.reconcile()
    moved = Tenant.objects.get(pk=plant.pk)
    assert moved.state == "ready"
    assert moved.endpoints["http"] != plant.endpoints["http"]
    assert influx.accepts(moved.endpoints["http"], moved.connection().reader)


def _accepts_its_reader(tenant: Tenant) -> bool:
    try:
        return influx.accepts(tenant.endpoints["http"], tenant.connection().reader)
    except Unavailable:
        return False


def _provision_again(tenant: Tenant) -> None:
    operations.suspend(tenant.slug)
    operations.resume(tenant.slug)
    reconciler.reconcile()
    assert Tenant.objects.get(pk=tenant.pk).state == "ready"


def _count(connection: TenantConnection) -> int:
    [found] = Timeseries(connection.influx_url, connection.reader).read(['SELECT count("value") FROM raw.p1'])
    return int(found[0].values[0][1]) if found else 0


def _listeners(port: int) -> set[str]:
    """Local addresses (as in /proc/net/tcp and tcp6) on which something listens at the port."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


def test_a_server_that_exits_at_start_is_not_waited_for_and_its_log_is_shown(plant: Tenant) -> None:
    """A cache beyond what 64 bits count: influxd refuses its configuration."""
    server, driver = server_of(plant), driver_named("local")
    wrong = replace(server, software=Software("wrong", settings={"cacheMaxMemory": "99999999999999g"}))
    started = time.monotonic()
    with pytest.raises(DriverError, match=r"exits right after it starts: .*overflow.*; see .*\.log"):
        wait_for_server(driver, wrong)
    assert time.monotonic() - started < REACHABLE_WITHIN_S, "it was not waited for"
    wait_for_server(driver, server)
    assert influx.accepts(plant.endpoints["http"], plant.secrets.admin if plant.secrets else None)
