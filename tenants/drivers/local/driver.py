from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from kernel.errors import BadRequest
from runtime.home import Home, is_free, write_private
from runtime.programs import Program, binary
from runtime.supervisor import ProgramStatus, Supervisor
from tenants.drivers.base import DriverError, Endpoints, Manifest, Report, Server, Size
from tenants.drivers.local.configuration import InfluxConfiguration
from tenants.drivers.tokens import make_token

DISKS = "disks"
ANSWERS_WITHIN_S = 20.0
TOKEN_LASTS_S = 300


class LocalDriver:
    """An influxd under the supervisor: two ports on 127.0.0.1, a folder below `disks/`."""

    name = "local"
    server_title = "InfluxDB"
    falls_asleep, can_be_withdrawn = True, False

    def check_cluster(self, cluster: str) -> None:
        if cluster:
            raise BadRequest("driver “local” runs on this machine and takes no cluster.", field="cluster")

    def check_size(self, size: Size, now: Size | None) -> None:
        if size != (now or Size()):
            raise BadRequest("driver “local” uses what this machine has; its tenants have no size.", field="size")

    def preview(self, server: Server) -> list[Manifest]:
        """The configuration, with ports that are chosen once it is made."""
        folder = disk_folder(_home(), server.disk)
        ports = server.endpoints or {"http": "http://127.0.0.1:0", "backup": "127.0.0.1:0"}
        configuration = replace(_configuration(folder, replace(server, endpoints=ports)), shared_secret="…")
        return [Manifest("influxdb.conf", configuration.text())]

    def allocate_endpoints(self, server: Server) -> Endpoints:
        """Remembered ports; others where something else listens on them while the server does not run."""
        home = _home()
        running = _is_up(Supervisor(home).status(program_name(server.tenant)))
        choose = home.port if running else home.ensure_free_port
        ports = [choose(name) for name in _port_names(server.tenant)]
        return {"http": f"http://127.0.0.1:{ports[0]}", "backup": f"127.0.0.1:{ports[1]}"}

    def ensure_server(self, server: Server, report: Report) -> None:
        home = _home()
        supervisor = Supervisor(home)
        program = _program(home, server)
        if _write_configuration(home, server):
            supervisor.stop_program(program.name)
        supervisor.ensure_program(program, wait_s=0)
        _wait_for_answer(server, supervisor)

    def admin_token(self, server: Server, username: str) -> str:
        return make_token(username, _shared_secret(server.disk), int(time.time()) + TOKEN_LASTS_S)

    def stop_server(self, server: Server) -> None:
        """Without its section in the supervisor's configuration, so that nobody starts it but us."""
        Supervisor(_home()).remove_program(program_name(server.tenant))

    def remove_server(self, server: Server, report: Report) -> None:
        home = _home()
        supervisor = Supervisor(home)
        supervisor.remove_program(program_name(server.tenant))
        for log in home.folder("log").glob(f"{program_name(server.tenant)}.log*"):
            log.unlink(missing_ok=True)
        for name in _port_names(server.tenant):
            home.forget_port(name)

    def keep_disk(self, server: Server) -> str:
        return ""  # the folder stays, named by the disk's id

    def release_endpoints(self, server: Server) -> None:
        pass  # a local tenant has none but its ports, which went with its server

    def withdrawn(self, servers: list[Server]) -> dict[str, str]:
        return {}

    def remove_disk(self, server: Server) -> None:
        folder = disk_folder(_home(), server.disk)
        if folder.exists():
            shutil.rmtree(folder)

    def stopped(self, servers: list[Server]) -> list[Server]:
        statuses = {status.name: status for status in Supervisor(_home()).statuses()}
        return [server for server in servers if _is_stopped(statuses.get(program_name(server.tenant)))]

    def restart(self, server: Server) -> bool:
        home = _home()
        if not _is_intact(home, server):
            return False
        status = Supervisor(home).status(program_name(server.tenant))
        if status is None or status.state != "FATAL":  # what failed again and again is the watchdog's, with its pauses
            Supervisor(home).ensure_program(_program(home, server), wait_s=0)
        return True


def disk_folder(home: Home, disk: str) -> Path:
    """Where the data of a disk lies. Not made here."""
    return home.folder(DISKS) / disk


def _home() -> Home:
    home: Home = settings.HOME
    return home


def program_name(tenant: str) -> str:
    return f"influx-{tenant}"


def _port_names(tenant: str) -> tuple[str, str]:
    return f"influx-{tenant}-http", f"influx-{tenant}-backup"


def _program(home: Home, server: Server) -> Program:
    path = disk_folder(home, server.disk) / "influxdb.conf"
    return Program(
        program_name(server.tenant),
        (binary("influxd"), "run", "-config", str(path)),
        {"GOMAXPROCS": str(max(1, (os.cpu_count() or 2) // 2))},  # the other half is left to the other tenants
        folder=home.path,
        stop_wait_s=30,
        priority=20,
    )


def _write_configuration(home: Home, server: Server) -> bool:
    """The configuration file is as wanted; answers whether it was not."""
    folder = disk_folder(home, server.disk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, wanted = folder / "influxdb.conf", _configuration(folder, server).text()
    if path.exists() and path.read_text() == wanted:
        return False
    write_private(path, wanted)
    return True


def _configuration(folder: Path, server: Server) -> InfluxConfiguration:
    http_port, backup_port = (int(server.endpoints[name].rpartition(":")[2]) for name in ("http", "backup"))
    software = server.software
    return InfluxConfiguration(
        folder, http_port, backup_port, _shared_secret(server.disk), software.release, software.settings
    )


def _shared_secret(disk: str) -> str:
    """Of this installation and this disk; needs no place to be saved, and none but us can compute it."""
    digest = hmac.new(settings.FERNET_KEYS[-1].encode(), f"influxdb:{disk}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _is_up(status: ProgramStatus | None) -> bool:
    return status is not None and status.state in ("RUNNING", "STARTING")


def _is_stopped(status: ProgramStatus | None) -> bool:
    return status is None or status.state in ("STOPPED", "EXITED", "FATAL", "UNKNOWN")


def _is_intact(home: Home, server: Server) -> bool:
    """Its configuration is there and as it should be, and nobody else took its ports."""
    folder = disk_folder(home, server.disk)
    path = folder / "influxdb.conf"
    if not server.endpoints or not path.exists() or path.read_text() != _configuration(folder, server).text():
        return False
    return all(is_free(int(endpoint.rpartition(":")[2])) for endpoint in server.endpoints.values())


def _wait_for_answer(server: Server, supervisor: Supervisor) -> None:
    """Raises DriverError after some time, or as soon as it was seen to start and end."""
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    address = server.endpoints["http"].removeprefix("http://")
    name, before = program_name(server.tenant), ""
    while not _answers(address):
        status = supervisor.status(name)
        state = status.state if status else "not supervised"
        if state == "FATAL" or (before, state) == ("STARTING", "BACKOFF"):
            raise DriverError(f"InfluxDB ends as soon as it starts: {_last_words(supervisor.log(name))}")
        if time.monotonic() > deadline:
            raise DriverError(
                f"InfluxDB did not answer at {address} within {ANSWERS_WITHIN_S:.0f} s"
                f" ({state.lower()}); see {supervisor.log(name)}."
            )
        before = state
        time.sleep(0.03)


def _last_words(log: Path) -> str:
    """What it said last, and where there is more."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return f"{said[-1][-300:]}; see {log}." if said else f"it says nothing; see {log}."


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 204
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
