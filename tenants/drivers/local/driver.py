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

from kernel.progress import Report
from runtime.home import Home, is_free, write_private
from runtime.programs import Program, binary
from runtime.supervisor import ProgramStatus, Supervisor, SupervisorDown
from tenants.drivers.abilities import Restarts
from tenants.drivers.base import Driver, DriverError, Endpoints, Manifest, Server, Waiting
from tenants.drivers.local.configuration import InfluxConfiguration
from tenants.drivers.local.names import port_names, program_name, tenant_of_program
from tenants.drivers.tokens import make_token

DISKS = "disks"
REACHABLE_WITHIN_S = 20.0
POLL_INTERVAL_S = 0.05
TOKEN_LASTS_S = 300


class LocalDriver(Driver, Restarts):
    """An influxd under the supervisor: two ports on 127.0.0.1, a folder below `disks/`."""

    name = "local"

    def preview(self, server: Server) -> list[Manifest]:
        """The configuration; its ports are allocated when the tenant is created."""
        folder = disk_folder(_home(), server.disk)
        ports = server.endpoints or {"http": "http://127.0.0.1:0", "backup": "127.0.0.1:0"}
        configuration = replace(_configuration(folder, replace(server, endpoints=ports)), shared_secret="…")
        return [Manifest("influxdb.conf", configuration.text())]

    def allocate_endpoints(self, server: Server) -> Endpoints:
        """Stored ports, or new ones if something else listens on them while the server does not run."""
        home = _home()
        running = _is_up(Supervisor(home).status(program_name(server.tenant)))
        choose = home.port if running else home.ensure_free_port
        ports = [choose(name) for name in port_names(server.tenant)]
        return {"http": f"http://127.0.0.1:{ports[0]}", "backup": f"127.0.0.1:{ports[1]}"}

    def ensure_server(self, server: Server, report: Report) -> None:
        home = _home()
        supervisor = Supervisor(home)
        program = _program(home, server)
        if _write_configuration(home, server):
            supervisor.stop_program(program.name)
        supervisor.ensure_program(program, wait_s=0)
        _check_reachable(server, supervisor)

    def admin_token(self, server: Server, username: str) -> str:
        return make_token(username, _shared_secret(server.disk), int(time.time()) + TOKEN_LASTS_S)

    def stop_server(self, server: Server) -> None:
        """Also out of the supervisor's configuration, or it would start with the platform."""
        Supervisor(_home()).remove_program(program_name(server.tenant))

    def remove_server(self, server: Server, report: Report) -> None:
        home = _home()
        supervisor = Supervisor(home)
        supervisor.remove_program(program_name(server.tenant))
        for log in home.folder("log").glob(f"{program_name(server.tenant)}.log*"):
            log.unlink(missing_ok=True)

    def release_endpoints(self, server: Server) -> None:
        for name in port_names(server.tenant):
            _home().forget_port(name)

    def remove_disk(self, server: Server) -> None:
        folder = disk_folder(_home(), server.disk)
        if folder.exists():
            shutil.rmtree(folder)

    def stopped(self, servers: list[Server]) -> list[Server]:
        try:
            statuses = {status.name: status for status in Supervisor(_home()).statuses()}
        except SupervisorDown:
            return []  # the supervisor is down; checked again later
        return [server for server in servers if _is_stopped(statuses.get(program_name(server.tenant)))]

    def restart(self, server: Server) -> bool:
        home = _home()
        if not _is_intact(home, server):
            return False
        status = Supervisor(home).status(program_name(server.tenant))
        if status is None or status.state != "FATAL":  # the watchdog restarts what keeps failing, with backoff
            Supervisor(home).ensure_program(_program(home, server), wait_s=0)
        return True


def disk_folder(home: Home, disk: str) -> Path:
    """The folder of a disk's data. Not created here."""
    return home.folder(DISKS) / disk


def running_tenants(home: Home) -> set[str]:
    """Ids of the tenants whose influxd is up."""
    return {tenant_of_program(status.name) for status in Supervisor(home).statuses() if status.up} - {""}


def _home() -> Home:
    home: Home = settings.HOME
    return home


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
    """The configuration file is as wanted; returns whether it had to be written."""
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
    """Of this installation and this disk: derived, so it is stored nowhere."""
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


def _check_reachable(server: Server, supervisor: Supervisor) -> None:
    """Raises Waiting while it starts, DriverError once it has ended."""
    address = server.endpoints["http"].removeprefix("http://")
    if _is_reachable(address):
        return
    name = program_name(server.tenant)
    status = supervisor.status(name)
    state = status.state if status else "not supervised"
    if state in ("BACKOFF", "FATAL"):
        raise DriverError(f"InfluxDB exits right after it starts: {_last_log_line(supervisor.log(name))}")
    raise Waiting(
        f"InfluxDB does not answer at {address} yet ({state.lower()}); see {supervisor.log(name)}.",
        again_s=POLL_INTERVAL_S,
        at_most_s=REACHABLE_WITHIN_S,
    )


def _last_log_line(log: Path) -> str:
    """The end of its log, and the log's path."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    messages = [line.strip() for line in lines if line.strip()]
    return f"{messages[-1][-300:]}; see {log}." if messages else f"it says nothing; see {log}."


def _is_reachable(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 204
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
